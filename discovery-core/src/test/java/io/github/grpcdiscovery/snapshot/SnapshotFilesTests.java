package io.github.grpcdiscovery.snapshot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Snapshots;
import io.github.grpcdiscovery.Snapshots.Key;
import io.github.grpcdiscovery.Snapshots.Snapshot;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThatCode;

class SnapshotFilesTests {

	private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

	private static final Key KEY = new Key("etcd (http://10.0.0.1:2379)", "orders");

	private static final List<ServiceInstance> INSTANCES = List.of(ServiceInstance.builder("orders", "10.0.0.7", 9090)
		.id("a b:1".replace(' ', '-'))
		.weight(250)
		.zone("zone-ä")
		.version("1.2")
		.tags(List.of("canary"))
		.metadata(Map.of("owner", "team \"x\""))
		.build(), ServiceInstance.of("orders", "2001:db8::1", 9090));

	private final CapturedLog log = new CapturedLog(SnapshotFiles.class);

	@TempDir
	private Path parent;

	private Path directory;

	@BeforeEach
	void locate() {
		this.directory = this.parent.resolve("user/application");
	}

	@AfterEach
	void closeLog() {
		this.log.close();
	}

	@Test
	void whatIsSavedIsLoadedByTheNextProcess() throws IOException {
		save(KEY, INSTANCES);
		assertThat(load(KEY)).isEqualTo(new Snapshot(INSTANCES, NOW));
		assertThat(load(new Key(KEY.registry(), "other"))).isNull();
		assertThat(load(new Key("consul (http://10.0.0.1:8500)", "orders"))).isNull();
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void filesAreOfTheirOwnerAloneAndReplacedInOneStep() throws IOException {
		save(KEY, INSTANCES);
		save(KEY, INSTANCES.subList(0, 1));
		assertThat(load(KEY).instances()).hasSize(1);
		assertThat(files()).singleElement().satisfies((file) -> {
			assertThat(permissions(file)).isEqualTo("rw-------");
			assertThat(file.getFileName().toString()).matches("orders~[0-9a-f]{24}\\.json");
		});
		assertThat(permissions(this.directory)).isEqualTo("rwx------");
	}

	@Test
	void serviceConfigIsKeptBesideTheListAndGrowsAsOld() throws IOException {
		try (SnapshotFiles files = files(NOW)) {
			files.of("prod/").save(KEY, INSTANCES);
			files.of("prod/").saveServiceConfig(KEY, "{\"a\": 1}");
			files.of("test/").saveServiceConfig(KEY, "");
		}
		assertThat(loadServiceConfig("prod/", NOW.plus(Duration.ofHours(24)))).isEqualTo("{\"a\": 1}");
		assertThat(loadServiceConfig("test/", NOW)).isEmpty();
		assertThat(loadServiceConfig("", NOW)).isNull();
		assertThat(this.log.warnings()).isEmpty();
		assertThat(loadServiceConfig("prod/", NOW.plus(Duration.ofHours(25)))).isNull();
		assertThat(this.log.warnings()).singleElement()
			.asString()
			.contains("~service-config.json", "not older than 1d");
	}

	private @Nullable String loadServiceConfig(String scope, Instant now) {
		try (SnapshotFiles files = files(now)) {
			CompletableFuture<@Nullable String> loaded = new CompletableFuture<>();
			files.of(scope).loadServiceConfig(KEY, loaded::complete);
			return loaded.join();
		}
	}

	@Test
	void scopesAreKeptApart() {
		try (SnapshotFiles files = files(NOW)) {
			files.of("prod/").save(KEY, INSTANCES);
			files.of("").save(KEY, INSTANCES.subList(0, 1));
		}
		try (SnapshotFiles files = files(NOW)) {
			assertThat(load(files.of("prod/"), KEY).instances()).hasSize(2);
			assertThat(load(files.of("test/"), KEY)).isNull();
			assertThat(load(files.of(""), KEY).instances()).hasSize(1);
		}
	}

	@Test
	@Proves("F4")
	void oldOnesAreIgnoredWithAWarning() {
		save(KEY, INSTANCES);
		assertThat(load(KEY, NOW.plus(Duration.ofHours(24)))).isNotNull();
		assertThat(load(KEY, NOW.plus(Duration.ofHours(24)).plusSeconds(1))).isNull();
		assertThat(this.log.warnings()).singleElement()
			.asString()
			.contains("Ignored the snapshot orders~", "from 2026-01-01T12:00:00Z (expected: not older than 1d)");
	}

	@Test
	@Proves("F4")
	void brokenForeignAndNewerOnesAreIgnoredWithAWarning() throws IOException {
		save(KEY, INSTANCES);
		Path file = files().get(0);
		String good = Files.readString(file);
		for (String bad : List.of("", "{", "[]", "null", good.substring(0, good.length() / 2), good + good,
				good.replace("\"format\":1", "\"format\":2"), good.replace("\"format\":1", "\"format\":\"x\""),
				good.replace("\"service\":\"orders\",\"takenAt\"", "\"service\":\"other\",\"takenAt\""),
				good.replace("10.0.0.1:2379", "10.0.0.9:2379"), good.replace("9090", "90900"),
				good.replace("10.0.0.7", "169.254.169.254"), good.replace("2026-01-01", "soon"))) {
			Files.writeString(file, bad);
			assertThat(load(KEY)).as(bad).isNull();
		}
		Files.write(file, new byte[] { (byte) 0xFF, (byte) 0xFE });
		assertThat(load(KEY)).isNull();
		assertThat(this.log.warnings()).hasSize(14).allMatch((line) -> line.startsWith("Ignored the snapshot"));
		save(KEY, INSTANCES);
		assertThat(load(KEY)).isNotNull();
	}

	@Test
	void mutationsNeverThrow() {
		byte[] good = SnapshotFormat.write(KEY, new Snapshot(INSTANCES, NOW));
		Random random = new Random(4);
		for (int i = 0; i < 20_000; i++) {
			byte[] bad = good.clone();
			for (int j = random.nextInt(4); j >= 0; j--) {
				bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
			}
			try {
				assertThat(SnapshotFormat.read(KEY, bad).instances()).hasSizeLessThanOrEqualTo(2);
			}
			catch (IllegalArgumentException ex) {
				assertThat(ex).hasMessageNotContaining("null pointer");
			}
		}
	}

	@Test
	void linksAndFilesThatOthersMayWriteAreNotTrusted() throws IOException {
		save(KEY, INSTANCES);
		Path file = files().get(0);
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
		assertThat(load(KEY)).isNull();
		Path elsewhere = this.parent.resolve("elsewhere");
		Files.move(file, elsewhere);
		Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rw-------"));
		Files.createSymbolicLink(file, elsewhere);
		assertThat(load(KEY)).isNull();
		Files.delete(file);
		Files.move(elsewhere, file);
		assertThat(load(KEY)).isNotNull();
		Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwxrwxrwx"));
		assertThat(load(KEY)).isNull();
		assertThat(this.log.warnings()).hasSize(3);
		assertThat(this.log.warnings().get(2)).contains("may be written by others (expected: chmod go-w)");
	}

	@Test
	void parentThatBelongsToSomebodyElseIsNotTrusted() throws IOException {
		save(KEY, INSTANCES);
		assertThat(load(KEY)).isNotNull();
		giveAway(this.directory.getParent());
		assertThat(load(KEY)).isNull();
		save(KEY, INSTANCES);
		assertThat(this.log.warnings()).hasSize(2)
			.allMatch((line) -> line.contains(this.directory.getParent() + " belongs to ")
					&& line.contains("who could exchange what is below it (expected: this process's user or root)"));
	}

	@Test
	void linkAboveTheDirectoryIsFollowedToItsOwner() throws IOException {
		Path elsewhere = Files.createDirectories(this.parent.resolve("elsewhere/user"));
		Files.createSymbolicLink(this.parent.resolve("user"), elsewhere);
		save(KEY, INSTANCES);
		assertThat(load(KEY)).isNotNull();
		giveAway(elsewhere.getParent());
		assertThat(load(KEY)).isNull();
	}

	private static void giveAway(Path path) {
		assumeThatCode(() -> Files.setAttribute(path, "unix:uid", 12345)).as("needs root").doesNotThrowAnyException();
	}

	@Test
	void oneDatedInTheFutureIsIgnoredWithAWarning() {
		save(KEY, INSTANCES);
		assertThat(load(KEY, NOW.minus(Duration.ofMinutes(4)))).as("another clock").isNotNull();
		assertThat(load(KEY, NOW.minus(Duration.ofMinutes(6)))).isNull();
		assertThat(this.log.warnings()).singleElement()
			.asString()
			.contains("from 2026-01-01T12:00:00Z (expected: not in the future)");
	}

	@Test
	void whatAKilledProcessLeftBehindIsDeleted() throws IOException {
		save(KEY, INSTANCES);
		Path old = Files.createFile(this.directory.resolve("." + UUID.randomUUID() + ".tmp"));
		Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
		Path underWay = Files.createFile(this.directory.resolve("." + UUID.randomUUID() + ".tmp"));
		Path another = Files.createFile(this.directory.resolve(".another.tmp"));
		Files.setLastModifiedTime(another, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
		save(KEY, INSTANCES);
		assertThat(old).doesNotExist();
		assertThat(underWay).exists();
		assertThat(another).exists();
	}

	@Test
	void directoryThatIsALinkIsNotWrittenTo() throws IOException {
		Path target = Files.createDirectory(this.parent.resolve("target"));
		Files.createDirectory(this.parent.resolve("user"));
		Files.createSymbolicLink(this.directory, target);
		save(KEY, INSTANCES);
		assertThat(target).isEmptyDirectory();
		assertThat(this.log.warnings()).singleElement()
			.asString()
			.contains("No snapshots can be written to", "grpc.discovery.client.snapshot.enabled=false");
	}

	@Test
	void whatCannotBeWrittenIsToldOnce() throws IOException {
		Files.writeString(this.parent.resolve("user"), "a file");
		try (SnapshotFiles files = files(NOW)) {
			files.save(KEY, INSTANCES);
			Conditions.eventually(() -> assertThat(this.log.warnings()).hasSize(1));
			files.save(new Key("r", "other"), INSTANCES);
			files.save(KEY, List.of());
		}
		assertThat(this.log.warnings()).hasSize(1);
		assertThat(load(KEY)).isNull();
	}

	@Test
	void stormIsCoalesced() throws IOException {
		try (SnapshotFiles files = files(NOW)) {
			for (int i = 0; i < 10_000; i++) {
				files.save(KEY, INSTANCES.subList(0, i % 2));
			}
			assertThat(this.directory).doesNotExist();
		}
		assertThat(load(KEY).instances()).hasSize(1);
	}

	@Test
	void noNameOfAServiceLeadsElsewhere() {
		for (String service : List.of("../../etc/passwd", "a/b", "a\0b", "A?tag=x&dc=y", "x".repeat(500))) {
			assertThat(SnapshotFormat.fileName(new Key("r", service))).matches("[a-z0-9._-]{1,64}~[0-9a-f]{24}\\.json");
		}
	}

	@Test
	void ageMustBePositive() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new SnapshotFiles(this.directory, Duration.ZERO, Clock.systemUTC()))
			.withMessage("max-age: 0s (expected: 1ms to 365d)");
	}

	private void save(Key key, List<ServiceInstance> instances) {
		try (SnapshotFiles files = files(NOW)) {
			files.save(key, instances);
		}
	}

	private @Nullable Snapshot load(Key key) {
		return load(key, NOW);
	}

	private @Nullable Snapshot load(Key key, Instant now) {
		try (SnapshotFiles files = files(now)) {
			return load(files, key);
		}
	}

	private static @Nullable Snapshot load(Snapshots snapshots, Key key) {
		CompletableFuture<@Nullable Snapshot> loaded = new CompletableFuture<>();
		snapshots.load(key, loaded::complete);
		assertThat(loaded).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
		return loaded.join();
	}

	private SnapshotFiles files(Instant now) {
		return new SnapshotFiles(this.directory, Duration.ofHours(24), Clock.fixed(now, ZoneOffset.UTC));
	}

	private List<Path> files() throws IOException {
		try (Stream<Path> files = Files.list(this.directory)) {
			return files.toList();
		}
	}

	private static String permissions(Path path) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
	}

	@Test
	void contentIsReadableByPeople() {
		assertThat(new String(SnapshotFormat.write(KEY, new Snapshot(List.of(), NOW)), StandardCharsets.UTF_8))
			.isEqualTo("{\"format\":1,\"registry\":\"etcd (http://10.0.0.1:2379)\",\"service\":\"orders\","
					+ "\"takenAt\":\"2026-01-01T12:00:00Z\",\"instances\":[]}");
	}

}
