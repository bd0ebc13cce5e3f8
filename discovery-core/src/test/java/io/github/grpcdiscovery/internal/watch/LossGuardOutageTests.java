package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Losses that show when contact with the registry is back, or after a snapshot.
 */
class LossGuardOutageTests extends LossGuardFixture {

	@Test
	void whatIsMissingAfterLostContactIsRetained() {
		report(1, 2, 3, 4, 5);
		onLoop(() -> this.guard.interrupted());
		assertThat(report(2, 3, 4, 5)).containsExactly(1, 2, 3, 4, 5);
		assertThat(retainedPorts()).containsExactly(1);
		assertThat(report(3, 4, 5)).as("contact is back").containsExactly(1, 3, 4, 5);
	}

	@Test
	void outageIsNoConfirmation() {
		report(1, 2);
		report();
		this.scheduler.advance(Duration.ofSeconds(20));
		onLoop(() -> this.guard.interrupted());
		this.unreachable.addAll(List.of(1, 2));
		this.scheduler.advance(Duration.ofMinutes(5));
		assertThat(effectivePorts()).as("who does not get through may be us").containsExactly(1, 2);
		this.unreachable.clear();
		report();
		this.scheduler.advance(CONFIRMATION.minusSeconds(1));
		assertThat(this.heard).doesNotContain("confirm");
		this.scheduler.advance(Duration.ofSeconds(2));
		assertThat(this.heard).contains("confirm");
		onLoop(() -> this.guard.relisted());
		assertThat(report()).isEmpty();
	}

	@Test
	void lossOfContactDuringTheConfirmationRestartsIt() {
		report(1, 2);
		report();
		this.scheduler.advance(CONFIRMATION);
		assertThat(this.heard).contains("confirm");
		onLoop(() -> this.guard.interrupted());
		onLoop(() -> this.guard.relisted());
		assertThat(report()).as("may have forgotten").containsExactly(1, 2);
	}

	@Test
	void newLossDuringAConfirmationHasATimeOfItsOwn() {
		report(1, 2, 3);
		report(3);
		this.scheduler.advance(CONFIRMATION);
		assertThat(this.heard).contains("confirm");
		report(1, 2, 3);
		report();
		onLoop(() -> this.guard.relisted());
		assertThat(report()).containsExactly(1, 2, 3);
		this.scheduler.advance(CONFIRMATION);
		assertThat(this.heard.stream().filter("confirm"::equals)).hasSize(2);
		onLoop(() -> this.guard.relisted());
		assertThat(report()).isEmpty();
	}

	@Test
	void contactThatIsLostAgainAndAgainRetainsNobodyForEver() {
		report(1, 2, 3);
		for (int i = 0; i < 5; i++) {
			assertThat(report(3)).containsExactly(1, 2, 3);
			// not enough for a confirmation
			this.scheduler.advance(Duration.ofSeconds(26));
			onLoop(() -> this.guard.interrupted());
		}
		assertThat(report(3)).containsExactly(3);
		assertThat(this.heard).doesNotContain("confirm");
	}

	@Test
	void outageAddsNothingToTheContactThatWasLostAgainAndAgain() {
		report(1, 2, 3);
		for (int i = 0; i < 4; i++) {
			report(3);
			this.scheduler.advance(Duration.ofSeconds(26));
			onLoop(() -> this.guard.interrupted());
			this.scheduler.advance(Duration.ofHours(1));
		}
		assertThat(report(3)).containsExactly(1, 2, 3);
		report();
		this.scheduler.advance(Duration.ofSeconds(26));
		onLoop(() -> this.guard.interrupted());
		assertThat(report()).as("what is lost later begins anew").containsExactly(1, 2, 3);
	}

	@Test
	void oneThatIsMissingFromTheFirstListAfterASnapshotIsRetainedAsAfterAnOutage() {
		onLoop(() -> this.guard.begin(List.of(instance(1), instance(2), instance(3), instance(4), instance(5))));
		assertThat(report(2, 3, 4, 5)).containsExactly(1, 2, 3, 4, 5);
		assertThat(report(3, 4, 5)).as("contact is there").containsExactly(1, 3, 4, 5);
	}

	@Test
	void firstListAfterASnapshotIsConfirmedAsAfterAnOutage() {
		onLoop(() -> this.guard.begin(List.of(instance(1), instance(2), instance(3))));
		this.unreachable.add(2);
		assertThat(report(3, 4)).containsExactly(1, 2, 3, 4);
		this.scheduler.runDue();
		assertThat(effectivePorts()).as("nobody listens at 2").containsExactly(1, 3, 4);
		this.scheduler.advance(CONFIRMATION);
		onLoop(() -> this.guard.relisted());
		assertThat(report(3, 4)).containsExactly(3, 4);
	}

	@Test
	void emptyFirstListDoesNotReplaceASnapshotWhereSomebodyListens() {
		onLoop(() -> this.guard.begin(List.of(instance(1), instance(2))));
		this.unreachable.add(1);
		report();
		this.scheduler.runDue();
		assertThat(effectivePorts()).containsExactly(2);
	}

}
