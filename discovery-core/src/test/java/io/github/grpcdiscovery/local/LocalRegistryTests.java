package io.github.grpcdiscovery.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.Conditions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThatCode;

class LocalRegistryTests {

	private static final ServiceInstance ONE = ServiceInstance.of("svc", "127.0.0.1", 9001);

	@TempDir
	Path parent;

	private final List<LocalRegistry> registries = new ArrayList<>();

	@AfterEach
	void closeRegistries() {
		this.registries.forEach(LocalRegistry::close);
	}

	@Test
	void namesItself() {
		LocalRegistry registry = registry();
		assertThat(registry.name()).isEqualTo("local");
		assertThat(registry.registrar().registry()).isEqualTo("local");
		assertThat(registry.description()).isEqualTo("local (" + root() + ")");
		assertThat(registry).hasToString("LocalRegistry[" + root() + "]");
		assertThat(root()).doesNotExist();
	}

	@Test
	void directoryAndFilesBelongToTheirOwnerAlone() throws IOException {
		registered(registry(), ONE);
		assertThat(permissions(root())).isEqualTo("rwx------");
		assertThat(permissions(root().resolve("svc"))).isEqualTo("rwx------");
		assertThat(permissions(file(ONE))).isEqualTo("rw-------");
	}

	@Test
	void directoryThatAnybodyMayWriteToIsRefused() throws IOException {
		Files.createDirectory(root());
		Files.setPosixFilePermissions(root(), PosixFilePermissions.fromString("rwxrwxrwx"));
		RecordingListener watcher = watch(registry());
		Conditions.eventually(() -> assertThat(watcher.unavailable()).isNotEmpty());
		assertThat(watcher.unavailable().get(0)).isInstanceOf(RegistryAccessException.class)
			.hasMessage("local (%s): anybody may write to the directory and so take calls away"
					+ " (expected: chmod o-w, or another directory)", root());
	}

	@Test
	void directoryOfAnotherUserIsRefused() throws IOException {
		Files.createDirectory(root());
		Files.setPosixFilePermissions(root(), PosixFilePermissions.fromString("rwxr-xr-x"));
		assumeThatCode(() -> Files.setAttribute(root(), "unix:uid", 12345)).as("needs root").doesNotThrowAnyException();
		RecordingListener watcher = watch(registry());
		Conditions.eventually(() -> assertThat(watcher.unavailable()).isNotEmpty());
		assertThat(watcher.unavailable().get(0)).isInstanceOf(RegistryAccessException.class)
			.hasMessage("local (%s): %s belongs to 12345 (expected: this process's user)", root(), root());
		Registration registration = registry().registrar().register(ONE);
		Conditions
			.eventually(() -> assertThat(registration.status().lastError()).contains("expected: this process's user"));
	}

	@Test
	void nothingIsRegisteredAfterTheRegistryIsClosed() {
		LocalRegistry registry = registry();
		registry.close();
		assertThatIllegalStateException().isThrownBy(() -> registry.registrar().register(ONE))
			.withMessage("local (%s) is closed (expected: register '%s' before)", root(), ONE.id());
	}

	@Test
	void directoryThatIsASymbolicLinkIsRefused() throws IOException {
		Files.createSymbolicLink(root(), Files.createDirectory(this.parent.resolve("elsewhere")));
		Registration registration = registry().registrar().register(ONE);
		Conditions.eventually(() -> assertThat(registration.status().lastError()).isNotNull());
		assertThat(registration.status().lastError())
			.isEqualTo("local (%s): %s is a symbolic link (expected: a directory)".formatted(root(), root()));
	}

	@Test
	void directoryThatIsAFileIsAnOutageThatNamesIt() throws IOException {
		Files.createFile(root());
		RecordingListener watcher = watch(registry());
		Conditions.eventually(() -> assertThat(watcher.unavailable()).isNotEmpty());
		assertThat(watcher.unavailable().get(0)).isExactlyInstanceOf(RegistryException.class)
			.hasMessage("local (%s): %s is no directory", root(), root());
	}

	@Test
	void changesAreSeenLongBeforeTheNextPoll() {
		Duration slow = Duration.ofMinutes(10);
		LocalRegistry following = registry(new LocalSettings(root(), slow, slow));
		RecordingListener watcher = watch(following);
		Conditions.eventually(() -> assertThat(watcher.last()).isEmpty());
		LocalRegistry process = registry(new LocalSettings(root(), slow, slow));
		Registration registration = registered(process, ONE);
		Conditions.eventually(() -> assertThat(watcher.last()).containsExactly(ONE));
		registration.close();
		Conditions.eventually(() -> assertThat(watcher.last()).isEmpty());
	}

	@Test
	void threadsEndWithTheRegistry() {
		Set<Thread> before = threads();
		LocalRegistry registry = registry();
		registered(registry, ONE);
		assertThat(threads().stream().filter((thread) -> !before.contains(thread)).map(Thread::getName))
			.contains("grpc-discovery-local", "grpc-discovery-local-changes");
		registry.close();
		registry.close();
		Conditions.eventually(() -> assertThat(threads()).isSubsetOf(before));
	}

	@Test
	void fileThatSomebodyReplacedIsWrittenAgain() throws IOException {
		Registration registration = registered(registry(), ONE);
		Files.writeString(file(ONE), "garbage");
		Conditions.eventually(() -> assertThat(Files.readString(file(ONE))).contains("127.0.0.1"));
		Conditions.eventually(() -> assertThat(registration.status().state()).isEqualTo(State.REGISTERED));
		assertThat(registration.status().registrations()).isEqualTo(2);
	}

	@Test
	void processThatWasReplacedOnItsAddressDoesNotFightForIt() {
		Registration first = registered(registry(), ONE);
		Registration second = registered(registry(), ONE);
		Conditions.eventually(() -> assertThat(first.status().state()).isEqualTo(State.CONFLICT));
		assertThat(first.status().lastError()).contains("is held by 127.0.0.1:9001 (process ");
		first.close();
		assertThat(second.status().state()).isEqualTo(State.REGISTERED);
		assertThat(second.status().registrations()).isEqualTo(1);
		assertThat(file(ONE)).exists();
	}

	@Test
	void directoryThatIsLostIsMadeAgainAndNobodyIsDropped() throws IOException {
		LocalSettings settings = new LocalSettings(root(), Duration.ofSeconds(6), Duration.ofMillis(100));
		// servers that live listen
		try (ServerSocket first = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
				ServerSocket second = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			ServiceInstance one = ServiceInstance.of("svc", "127.0.0.1", first.getLocalPort());
			ServiceInstance two = ServiceInstance.of("svc", "127.0.0.1", second.getLocalPort());
			registered(registry(settings), one);
			registered(registry(settings), two);
			RecordingListener watcher = watch(registry(settings));
			Conditions.eventually(() -> assertThat(watcher.lastIds()).hasSize(2));
			Files.move(root(), this.parent.resolve("lost"));
			Conditions.await(Duration.ofSeconds(60)).untilAsserted(() -> {
				assertThat(file(one)).exists();
				assertThat(file(two)).exists();
			});
			registered(registry(settings), ServiceInstance.of("svc", "127.0.0.1", 9003));
			Conditions.await(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(watcher.lastIds()).hasSize(3));
			assertThat(watcher.lists()).extracting(List::size).doesNotContain(0).isSorted();
			watcher.assertPromisesKept();
		}
	}

	@Test
	void instanceThatDoesNotFitIsRefusedAtOnce() {
		Map<String, String> metadata = IntStream.range(0, 64)
			.boxed()
			.collect(Collectors.toMap((i) -> "k" + i, (i) -> "v".repeat(512)));
		ServiceInstance large = ServiceInstance.builder("svc", "127.0.0.1", 1).id("id").metadata(metadata).build();
		LocalRegistry registry = registry();
		assertThatIllegalArgumentException().isThrownBy(() -> registry.registrar().register(large))
			.withMessageContaining("use less metadata");
	}

	@Test
	void closeByAListenerDoesNotWaitForItself() {
		LocalRegistry registry = registry();
		Registration registration = registered(registry, ONE);
		Set<Thread> threads = threads();
		registry.discovery().watch("svc", (instances) -> registry.close());
		Conditions.eventually(
				() -> assertThat(threads()).extracting(Thread::getName).doesNotContain("grpc-discovery-local-changes"));
		assertThat(threads).extracting(Thread::getName).contains("grpc-discovery-local-changes");
		Conditions.eventually(() -> assertThat(registration.status().state()).isEqualTo(State.DEREGISTERED));
	}

	private Path root() {
		return this.parent.resolve("registry");
	}

	private Path file(ServiceInstance instance) {
		return root().resolve(instance.service()).resolve(InstanceFile.fileName(instance.id()));
	}

	private LocalRegistry registry() {
		return registry(new LocalSettings(root(), Duration.ofSeconds(2), Duration.ofMillis(100)));
	}

	private LocalRegistry registry(LocalSettings settings) {
		LocalRegistry registry = new LocalRegistry(settings, LocalRegistry.DEFAULT_WATCH_SETTINGS,
				DiscoveryObserver.NONE);
		this.registries.add(registry);
		return registry;
	}

	private static Registration registered(LocalRegistry registry, ServiceInstance instance) {
		Registration registration = registry.registrar().register(instance);
		assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
		return registration;
	}

	private static RecordingListener watch(LocalRegistry registry) {
		RecordingListener watcher = new RecordingListener();
		registry.discovery().watch("svc", watcher);
		return watcher;
	}

	private static String permissions(Path path) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
	}

	private static Set<Thread> threads() {
		return Stream.of(Thread.getAllStackTraces().keySet())
			.flatMap(Set::stream)
			.filter((thread) -> thread.getName().startsWith("grpc-discovery-local"))
			.collect(Collectors.toSet());
	}

}
