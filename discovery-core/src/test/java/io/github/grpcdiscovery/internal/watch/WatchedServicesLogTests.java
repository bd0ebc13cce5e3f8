package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.SkippedEntry;
import io.github.grpcdiscovery.testsupport.CapturedLog;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the log says while services are followed.
 */
class WatchedServicesLogTests extends WatchedServicesFixture {

	@Test
	void logsTransitionsAndNotAttempts() {
		watch("svc");
		serve("svc", ONE);
		assertThat(this.log.infos()).containsExactly("Service 'svc' has 1 instance in fake");
		for (int i = 0; i < 20; i++) {
			fail("svc", "gone");
			this.scheduler.advance(Duration.ofSeconds(3));
		}
		assertThat(this.log.warnings()).containsExactly(
				"Lost contact with fake while watching service 'svc'. Known instances stay in use. Retrying: gone");
		serve("svc", ONE);
		assertThat(this.log.infos()).hasSize(2)
			.last()
			.asString()
			.startsWith("Watching service 'svc' in fake again, after 1m");
		assertThat(this.log.warnings()).hasSize(1);
		assertThat(status().reconnects()).isEqualTo(1);
		assertThat(this.observed.stream().filter("lost svc WATCH"::equals)).hasSize(1);
	}

	@Test
	void contactThatComesAndGoesIsToldOfOnceAMinute() {
		watch("svc");
		for (int i = 0; i < 20; i++) {
			serve("svc", ONE);
			fail("svc", "gone");
			this.scheduler.advance(Duration.ofSeconds(6));
		}
		assertThat(this.log.warnings()).hasSize(2);
		assertThat(this.log.infos()).hasSize(3);
		// it goes on, and its beginning was not told
		fail("svc", "gone for good");
		this.scheduler.advance(Duration.ofMinutes(1));
		assertThat(this.log.warnings()).hasSize(3).last().asString().endsWith("Retrying: gone for good");
	}

	@Test
	void registryThatIsAwayIsToldOfOnceForAllServices() {
		List<String> names = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			names.add("svc" + i);
			watch("svc" + i);
			serve("svc" + i, ONE);
		}
		int infos = this.log.infos().size();
		for (int i = 0; i < 60; i++) {
			names.forEach((name) -> fail(name, "refused"));
			this.scheduler.advance(Duration.ofSeconds(6));
		}
		assertThat(this.log.warnings()).containsExactly(
				"Lost contact with fake while watching 10 services (svc0, svc1, svc2, svc3, svc4 and 5 more). Known instances stay in use. Retrying: refused");
		for (String name : names) {
			serve(name, ONE);
			this.scheduler.advance(Duration.ofMillis(500));
		}
		assertThat(this.log.infos()).hasSize(infos + 1)
			.last()
			.asString()
			.startsWith("Watching 10 services (svc0, svc1, svc2, svc3, svc4 and 5 more) in fake again, after 364s");
	}

	@Test
	void serviceThatIsLostLaterIsToldOfOnce() {
		watch("one");
		watch("two");
		serve("one", ONE);
		serve("two", ONE);
		fail("one", "refused");
		this.scheduler.advance(Duration.ofSeconds(10));
		for (int i = 0; i < 20; i++) {
			fail("two", "refused too");
			this.scheduler.advance(Duration.ofSeconds(6));
		}
		assertThat(this.log.warnings()).hasSize(2).last().asString().contains("while watching service 'two'");
	}

	@Test
	void reasonThatSomebodyHasToActOnIsToldDuringAnOutage() {
		watch("svc");
		serve("svc", ONE);
		fail("svc", "refused");
		this.scheduler.advance(Duration.ofSeconds(6));
		this.attempts.get("svc").last().context().failed(new RegistryAccessException("permission denied", null));
		this.scheduler.advance(Duration.ofMinutes(2));
		assertThat(this.log.warnings()).hasSize(2).last().asString().endsWith("permission denied");
	}

	@Test
	void contactThatIsBackWithinASecondIsNotToldOf() {
		watch("svc");
		serve("svc", ONE);
		fail("svc", "gone");
		this.scheduler.advance(Duration.ofMillis(500));
		serve("svc", ONE);
		this.scheduler.advance(Duration.ofMinutes(2));
		assertThat(this.log.warnings()).isEmpty();
		assertThat(this.log.infos()).hasSize(1);
	}

	@Test
	void emptyListsAreLoggedWhenTheyBeginAndEnd() {
		watch("svc");
		for (int i = 0; i < 3; i++) {
			serve("svc");
			this.scheduler.advance(Duration.ofSeconds(1));
			serve("svc", ONE);
			this.scheduler.advance(Duration.ofSeconds(1));
			serve("svc", TWO);
			this.scheduler.advance(Duration.ofSeconds(1));
		}
		assertThat(this.log.infos()).hasSize(6).startsWith("Service 'svc' has no instances in fake");
	}

	@Test
	void skippedEntryIsToldOnceAndMadePrintable() {
		watch("svc");
		try (CapturedLog skips = new CapturedLog(SkippedEntries.class)) {
			for (int i = 0; i < 3; i++) {
				skip("svc/a\r\nERROR forged@7", "odd\u202E");
			}
			skip("svc/b@8", "odd");
			assertThat(skips.warnings()).containsExactly(
					"Skipped an entry of service 'svc' in fake: svc/a\\u000D\\u000AERROR forged@7: odd\\u202E",
					"Skipped an entry of service 'svc' in fake: svc/b@8: odd");
		}
		assertThat(this.observed.stream().filter("skipped svc"::equals)).hasSize(2);
	}

	@Test
	void entryThatIsWrittenAgainAndAgainIsToldOnceAMinuteAndCounted() {
		watch("svc");
		try (CapturedLog skips = new CapturedLog(SkippedEntries.class)) {
			for (int i = 0; i < 500; i++) {
				skip("svc/a@" + i, "odd");
				this.scheduler.advance(Duration.ofMillis(200));
			}
			assertThat(skips.warnings()).hasSize(2);
		}
		assertThat(this.observed.stream().filter("skipped svc"::equals)).hasSize(500);
	}

	@Test
	void tooManySkippedEntriesAreCountedAndNotNamed() {
		watch("svc");
		try (CapturedLog skips = new CapturedLog(SkippedEntries.class)) {
			for (int round = 0; round < 3; round++) {
				for (int i = 0; i < SkippedEntries.MAX + 5; i++) {
					this.sinks.get("svc").skipped("svc/" + i + "@1", "odd");
				}
			}
			assertThat(skips.warnings()).hasSize(SkippedEntries.MAX + 1)
				.last()
				.isEqualTo(
						"Skipped more than 10000 entries of service 'svc' in fake; further ones are counted and not named");
		}
	}

	@Test
	void skippedEntriesAreShownTheLastFirstAndBounded() {
		watch("svc");
		for (int i = 0; i < 2 * SkippedEntries.MAX_SHOWN; i++) {
			skip("svc/" + i + "@1", "odd\n" + "x".repeat(1000));
		}
		skip("svc/150@2", "odder");
		List<SkippedEntry> skipped = this.services.watches().get(0).skipped();
		assertThat(skipped).hasSize(SkippedEntries.MAX_SHOWN)
			.startsWith(new SkippedEntry("svc/150", "odder", 2, NOW))
			.satisfies((entries) -> assertThat(entries.get(1).key()).isEqualTo("svc/199"))
			.allSatisfy((entry) -> assertThat(entry.reason()).hasSizeLessThan(210).doesNotContain("\n"));
	}

	private void skip(String key, String reason) {
		this.loop.execute(() -> this.sinks.get("svc").skipped(key, reason));
		this.scheduler.runDue();
	}

}
