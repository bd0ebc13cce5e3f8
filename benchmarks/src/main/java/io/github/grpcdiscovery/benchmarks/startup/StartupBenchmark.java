package io.github.grpcdiscovery.benchmarks.startup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.jar.JarFile;
import java.util.stream.Collectors;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;

import io.github.grpcdiscovery.benchmarks.Benchmark;
import io.github.grpcdiscovery.benchmarks.Etcd;
import io.github.grpcdiscovery.benchmarks.Limit;
import io.github.grpcdiscovery.benchmarks.Options;
import io.github.grpcdiscovery.benchmarks.Report;
import io.github.grpcdiscovery.benchmarks.Samples;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.FreePorts;

/**
 * How much longer an application starts because of the starter: the same application as
 * two executable jars, one with the starter and one without, started in turn.
 */
public final class StartupBenchmark implements Benchmark {

	private static final String SERVICE = "startup";

	private static final double LIMIT = 1.10;

	private static final int WARM_UP = 2;

	@Override
	public Report run(Options options) {
		Path without = jar("without");
		Path with = jar("with");
		Set<String> added = libraries(with);
		added.removeAll(libraries(without));
		try (EtcdServer etcd = EtcdServer.started();
				Client client = Client.builder().endpoints(etcd.endpoint()).build()) {
			List<Variant> variants = List.of(new Variant("without", without, List.of()),
					new Variant("off", with, List.of()),
					new Variant("etcd", with, List.of("--spring.application.name=" + SERVICE,
							"--grpc.discovery.etcd.endpoints=" + etcd.endpoint())));
			int rounds = WARM_UP + options.choose(24, 4);
			for (int round = 0; round < rounds; round++) {
				if (round == WARM_UP) {
					variants.forEach(Variant::clear);
				}
				for (int i = 0; i < variants.size(); i++) {
					// each comes first as often as the others
					variants.get((i + round) % variants.size()).measure(client);
				}
				System.out.printf("start %d of %d%n", round + 1, rounds);
			}
			return report(variants, added);
		}
	}

	private static Path jar(String variant) {
		Path jar = Path.of(System.getProperty("benchmarks.target", "benchmarks/target"),
				"startup-" + variant + "-starter.jar");
		if (!Files.isRegularFile(jar)) {
			throw new IllegalStateException(jar + " is missing (expected: built by ./mvnw -pl benchmarks -am package)");
		}
		return jar;
	}

	private static Set<String> libraries(Path jar) {
		try (JarFile file = new JarFile(jar.toFile())) {
			return file.stream()
				.map((entry) -> entry.getName())
				.filter((name) -> name.startsWith("BOOT-INF/lib/") && name.endsWith(".jar"))
				.map((name) -> name.substring("BOOT-INF/lib/".length()))
				.collect(Collectors.toCollection(TreeSet::new));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Report report(List<Variant> variants, Set<String> added) {
		Report report = new Report("startup", "Start-up of an application with one gRPC service", "what",
				"until \"Started\", p50", "p90", "until the port accepts, p50", "starts", "against without");
		Variant without = variants.get(0);
		String[] names = { "without the starter", "with the starter, discovery off",
				"**with the starter, registered in etcd**" };
		for (int i = 0; i < names.length; i++) {
			Variant variant = variants.get(i);
			double[] interval = variant.started.ratioInterval(without.started);
			report.row(names[i], variant.started.show(50), variant.started.show(90), variant.listening.show(50),
					String.valueOf(variant.started.size()), (i == 0) ? "1" : String.format(Locale.ROOT,
							"%.3f (95 %%: %.3f to %.3f)", variant.ratio(without), interval[0], interval[1]));
			report.figure(variant.name + "StartedP50Millis", variant.started.median());
			report.figure(variant.name + "ListeningP50Millis", variant.listening.median());
			report.figure(variant.name + "Ratio", variant.ratio(without));
		}
		Variant etcd = variants.get(2);
		report.figure("registeredP50Millis", etcd.registered.median());
		report.limit(new Limit("start-up with the starter, registered in etcd, p50, at most 1.10 times without it",
				etcd.ratio(without), LIMIT, "times"));
		report.limit(new Limit("until the gRPC port accepts, with the starter, p50, at most 1.10 times without it",
				etcd.listening.median() / without.listening.median(), LIMIT, "times"));
		report.note("From the launch of the process to the line \"Started ..\", and to the first accepted connection. "
				+ "Executable jars, JVM defaults, one process at a time, the variants in turn.");
		report.note(String.format(Locale.ROOT, "The instance is in etcd %.0f ms after the launch (p50).",
				etcd.registered.median()));
		report
			.note("The starter adds " + added.size() + " jars to this application: " + String.join(", ", added) + ".");
		return report;
	}

	private static final class Variant {

		private final String name;

		private final Path jar;

		private final List<String> arguments;

		private final Samples started = new Samples();

		private final Samples listening = new Samples();

		private final Samples registered = new Samples();

		Variant(String name, Path jar, List<String> arguments) {
			this.name = name;
			this.jar = jar;
			this.arguments = arguments;
		}

		void clear() {
			List.of(this.started, this.listening, this.registered).forEach(Samples::clear);
		}

		double ratio(Variant other) {
			return this.started.median() / other.started.median();
		}

		void measure(Client client) {
			boolean registers = !this.arguments.isEmpty();
			CompletableFuture<Long> key = new CompletableFuture<>();
			WatchOption option = WatchOption.builder().isPrefix(true).withNoDelete(true).build();
			int port = FreePorts.next();
			try (Watch.Watcher ignored = client.getWatchClient()
				.watch(Etcd.bytes(SERVICE + "/"), option, (response) -> key.complete(System.nanoTime()));
					StartedProcess process = new StartedProcess(this.jar, port, this.arguments)) {
				this.listening.add(process.listening(port));
				this.started.add(process.started());
				if (registers) {
					this.registered.add(Etcd.await(key) - process.launchedAt());
				}
				else if (key.isDone()) {
					throw new IllegalStateException(this.name + " registered itself:\n" + process.output());
				}
			}
		}

	}

}
