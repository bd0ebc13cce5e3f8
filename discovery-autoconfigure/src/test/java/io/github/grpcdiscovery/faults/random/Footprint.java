package io.github.grpcdiscovery.faults.random;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.grpcdiscovery.testsupport.Conditions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What this process and its registry hold at one moment.
 *
 * @param threads how many there are of each name, without numbers
 * @param descriptors how many there are of each kind, where the system tells
 * @param connections through both proxies, open now
 * @param leases in the registry
 * @param files snapshots on disk
 */
record Footprint(Map<String, Integer> threads, Map<String, Integer> descriptors, int connections, int leases,
		int files) {

	/** Pools that grow up to the number of cores, or with what was under way at once. */
	private static final int SLACK = 4;

	private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

	static Footprint of(Scene scene, Path snapshots) {
		return new Footprint(count(Thread.getAllStackTraces().keySet().stream().map(Thread::getName)),
				count(openFiles()),
				scene.clientsWay().proxy().openConnections() + scene.serversWay().proxy().openConnections(),
				scene.registry().leases(), list(snapshots).size());
	}

	private static Stream<String> openFiles() {
		return Files.isDirectory(DESCRIPTORS) ? list(DESCRIPTORS).stream().map((descriptor) -> {
			try {
				return Files.readSymbolicLink(descriptor).toString();
			}
			catch (IOException ex) {
				return "closed meanwhile";
			}
		}) : Stream.empty();
	}

	private static List<Path> list(Path directory) {
		try (Stream<Path> files = Files.list(directory)) {
			return files.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Map<String, Integer> count(Stream<String> names) {
		return names.filter((name) -> !name.endsWith(".jar"))
			.map((name) -> name.replaceAll("[0-9]+", "#"))
			.collect(Collectors.toMap((name) -> name, (name) -> 1, Integer::sum, TreeMap::new));
	}

	/**
	 * Waits until there is no more than there was before.
	 * @param before as it was once everything was warm
	 * @param mostConnections how many there may be
	 * @param now looks again
	 * @param atMost for how long; caches of threads and entries of dead servers take
	 * their time
	 */
	static void assertBackTo(Footprint before, int mostConnections, Supplier<Footprint> now, Duration atMost) {
		Conditions.await(atMost).pollInterval(Duration.ofSeconds(2)).untilAsserted(() -> {
			System.gc(); // ends what nobody holds any more, such as clients of the JDK
			Footprint after = now.get();
			assertThat(after.leases).as("leases").isEqualTo(before.leases);
			assertThat(after.files).as("snapshots").isEqualTo(before.files);
			assertThat(after.connections).as("connections").isLessThanOrEqualTo(mostConnections);
			assertThat(more(before.threads, after.threads)).as("threads of a kind, more than before").isEmpty();
			assertThat(more(before.descriptors, after.descriptors)).as("descriptors of a kind, more than before")
				.isEmpty();
		});
	}

	/**
	 * Waits until no thread of the client is left.
	 * @param atMost for how long
	 */
	static void assertNothingLeft(Duration atMost) {
		Conditions.await(atMost)
			.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.noneMatch((name) -> name.startsWith("grpc-discovery")));
	}

	private static Map<String, Integer> more(Map<String, Integer> before, Map<String, Integer> after) {
		Map<String, Integer> more = new TreeMap<>(after);
		before.forEach((name, count) -> more.computeIfPresent(name, (key, now) -> now - count));
		more.values().removeIf((count) -> count <= SLACK);
		return more;
	}

}
