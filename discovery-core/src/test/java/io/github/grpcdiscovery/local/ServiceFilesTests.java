package io.github.grpcdiscovery.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.testsupport.FakeScheduler;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ServiceFilesTests {

	private static final Duration TTL = Duration.ofSeconds(5);

	private static final ServiceInstance ONE = ServiceInstance.of("svc", "127.0.0.1", 1);

	private static final ServiceInstance TWO = ServiceInstance.of("svc", "127.0.0.1", 2);

	@TempDir
	Path root;

	private final FakeScheduler scheduler = new FakeScheduler();

	private final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5);

	private final List<String> skipped = new ArrayList<>();

	private Instant wallClock = Instant.parse("2026-01-01T00:00:00Z");

	private RegistryDirectory directory;

	private ServiceFiles files;

	@BeforeEach
	void createFiles() {
		this.directory = new RegistryDirectory(this.root);
		this.files = newFiles();
	}

	private ServiceFiles newFiles() {
		return new ServiceFiles(this.directory, "svc", LocalSettings.of(this.root), this.loop, new WallClock(),
				(key, reason) -> this.skipped.add(key + ": " + reason));
	}

	@Test
	void serviceWithoutADirectoryIsEmpty() {
		assertThat(this.files.read()).isEmpty();
		assertThat(this.files.untilNextDeath()).isNull();
	}

	@Test
	void instanceCountsAsLongAsItsFileIsTouched() {
		put(ONE);
		put(TWO);
		for (int i = 0; i < 10; i++) {
			assertThat(this.files.read()).containsExactly(ONE, TWO);
			pass(Duration.ofSeconds(2));
			touch(ONE);
			touch(TWO);
		}
		this.files.read();
		pass(Duration.ofSeconds(2));
		touch(TWO);
		this.files.read();
		pass(Duration.ofSeconds(3));
		assertThat(this.files.read()).containsExactly(ONE, TWO);
		pass(Duration.ofMillis(1));
		assertThat(this.files.read()).containsExactly(TWO);
	}

	@Test
	void tellsWhenTheNextInstanceDiesUnlessItSaysOtherwise() {
		put(ONE);
		this.files.read();
		pass(Duration.ofSeconds(2));
		put(TWO);
		this.files.read();
		assertThat(this.files.untilNextDeath()).isEqualTo(Duration.ofSeconds(3));
		pass(Duration.ofSeconds(4));
		this.files.read();
		assertThat(this.files.untilNextDeath()).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void fileOfADeadProcessIsIgnoredFromTheFirstSight() {
		put(ONE);
		pass(Duration.ofSeconds(6));
		assertThat(this.files.read()).isEmpty();
		touch(ONE);
		assertThat(this.files.read()).containsExactly(ONE);
	}

	@Test
	void eachFileCountsAsLongAsItsOwnProcessSaid() {
		put(ONE, Duration.ofSeconds(60));
		put(TWO);
		assertThat(this.files.read()).hasSize(2);
		pass(Duration.ofSeconds(30));
		assertThat(this.files.read()).containsExactly(ONE);
	}

	@Test
	@Proves({ "F23", "F24" })
	void jumpOfTheWallClockDropsNobody() {
		put(ONE);
		assertThat(this.files.read()).containsExactly(ONE);
		this.wallClock = this.wallClock.plus(Duration.ofHours(1));
		assertThat(this.files.read()).containsExactly(ONE);
		touch(ONE);
		assertThat(this.files.read()).containsExactly(ONE);
		this.wallClock = this.wallClock.minus(Duration.ofHours(2));
		touch(ONE);
		assertThat(this.files.read()).containsExactly(ONE);
		pass(Duration.ofSeconds(4));
		assertThat(this.files.read()).containsExactly(ONE);
		pass(Duration.ofSeconds(2));
		assertThat(this.files.read()).isEmpty();
	}

	@Test
	void fileFromTheFutureCountsForOneTtl() {
		put(ONE);
		touch(ONE, this.wallClock.plus(Duration.ofDays(1)));
		assertThat(this.files.read()).containsExactly(ONE);
		pass(TTL.plusMillis(1));
		assertThat(this.files.read()).isEmpty();
	}

	@Test
	void fileOfADeadProcessIsSweptAfterAGrace() {
		put(ONE);
		this.files.read();
		pass(Duration.ofSeconds(15));
		this.files.read();
		assertThat(file(ONE)).exists();
		pass(Duration.ofMillis(1));
		this.files.read();
		assertThat(file(ONE)).doesNotExist();
	}

	@Test
	void oldFileIsNotSweptBeforeWeHaveWatchedIt() {
		put(ONE);
		pass(Duration.ofHours(1));
		this.files.read();
		pass(Duration.ofSeconds(5));
		this.files.read();
		assertThat(file(ONE)).exists();
		// its process is alive: it was the clock that jumped
		touch(ONE);
		pass(Duration.ofSeconds(4));
		assertThat(this.files.read()).containsExactly(ONE);
		assertThat(file(ONE)).exists();
	}

	@Test
	void whatAProcessLeftThatDiedWhileWritingIsSwept() throws IOException {
		put(ONE);
		Path temporary = this.root.resolve("svc").resolve("." + UUID.randomUUID() + ".tmp");
		Path foreign = this.root.resolve("svc").resolve("foreign.tmp");
		Files.createFile(temporary);
		Files.createFile(foreign);
		touch(temporary, this.wallClock);
		this.files.read();
		assertThat(this.skipped).isEmpty();
		pass(Duration.ofSeconds(16));
		this.files.read();
		assertThat(temporary).doesNotExist();
		assertThat(foreign).exists();
	}

	@Test
	@Proves("F50")
	void malformedFilesAreSkippedWithTheReasonAndNeverSwept() throws IOException {
		put(ONE);
		Path bad = Files.writeString(this.root.resolve("svc").resolve("bad.json"), "{bad");
		Path large = Files.write(this.root.resolve("svc").resolve("large.json"), new byte[100_000]);
		Path empty = Files.createFile(this.root.resolve("svc").resolve("empty.json"));
		Files.copy(file(ONE), this.root.resolve("svc").resolve("copy.json"));
		Files.createDirectory(this.root.resolve("svc").resolve("directory.json"));
		assertThat(this.files.read()).containsExactly(ONE);
		assertThat(this.skipped).hasSize(5)
			.anyMatch((skip) -> skip.startsWith(bad.toString()) && skip.contains("not JSON"))
			.anyMatch((skip) -> skip.startsWith(large.toString())
					&& skip.contains((Json.MAX_BYTES + 1) + " bytes (expected: at most 16384)"))
			.anyMatch((skip) -> skip.startsWith(empty.toString()))
			.anyMatch((skip) -> skip.contains("copy.json") && skip.contains("(expected: the one of the file's name)"))
			.anyMatch((skip) -> skip.endsWith("directory.json: no regular file"));
		pass(Duration.ofHours(1));
		this.files.read();
		pass(Duration.ofHours(1));
		this.files.read();
		assertThat(bad).exists();
	}

	@Test
	void malformedFileIsOpenedOnce() throws IOException {
		put(ONE);
		Files.writeString(this.root.resolve("svc").resolve("bad.json"), "{bad");
		this.files.read();
		this.files.read();
		assertThat(this.skipped).hasSize(1);
	}

	@Test
	void symbolicLinksAreNotFollowed() throws IOException {
		put(ONE);
		Files.move(file(ONE), this.root.resolve("elsewhere"));
		Files.createSymbolicLink(file(ONE), this.root.resolve("elsewhere"));
		assertThat(this.files.read()).isEmpty();
		assertThat(this.skipped).singleElement().asString().endsWith("no regular file");
		Path elsewhere = Files.createDirectory(this.root.resolve("other"));
		Files.createSymbolicLink(this.root.resolve("linked"), elsewhere);
		assertThatExceptionOfType(RegistryAccessException.class).isThrownBy(() -> this.directory.files("linked"))
			.withMessageEndingWith("linked is a symbolic link (expected: a directory)");
	}

	@Test
	void replacedFileIsReadAgain() {
		put(ONE);
		this.files.read();
		pass(Duration.ofSeconds(1));
		ServiceInstance changed = ServiceInstance.builder("svc", "127.0.0.1", 1).id(ONE.id()).weight(7).build();
		put(changed);
		assertThat(this.files.read()).containsExactly(changed);
	}

	@Test
	void deletedFileIsGoneAtOnce() throws IOException {
		put(ONE);
		put(TWO);
		this.files.read();
		Files.delete(file(ONE));
		assertThat(this.files.read()).containsExactly(TWO);
	}

	@Test
	void moreFilesThanAnybodyNeedsAreLeftOut() throws IOException {
		put(ONE);
		for (int i = 0; i < RegistryDirectory.MAX_FILES; i++) {
			Files.createFile(this.root.resolve("svc").resolve("x" + i));
		}
		this.files.read();
		assertThat(this.skipped)
			.contains(this.root.resolve("svc") + ": holds more than 5000 files; the others are left out");
	}

	private void put(ServiceInstance instance) {
		put(instance, TTL);
	}

	private void put(ServiceInstance instance, Duration ttl) {
		this.directory.createService("svc");
		this.directory.write(file(instance), new InstanceFile(instance, "me", 1, ttl).content(),
				FileTime.from(this.wallClock));
	}

	private void touch(ServiceInstance instance) {
		touch(instance, this.wallClock);
	}

	private void touch(ServiceInstance instance, Instant time) {
		touch(file(instance), time);
	}

	private void touch(Path file, Instant time) {
		this.directory.touch(file, FileTime.from(time));
	}

	private Path file(ServiceInstance instance) {
		return this.root.resolve("svc").resolve(InstanceFile.fileName(instance.id()));
	}

	private void pass(Duration time) {
		this.scheduler.advance(time);
		this.wallClock = this.wallClock.plus(time);
	}

	private final class WallClock extends Clock {

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

		@Override
		public Instant instant() {
			return ServiceFilesTests.this.wallClock;
		}

	}

}
