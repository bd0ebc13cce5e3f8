package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.testsupport.FakeScheduler;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

class LossGuardTests {

	private static final Duration CONFIRMATION = Duration.ofSeconds(30);

	private final FakeScheduler scheduler = new FakeScheduler();

	private final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5);

	/** Ports at which nobody listens. */
	private final Set<Integer> absent = new HashSet<>();

	private final Set<HostAndPort> outOfService = new HashSet<>();

	private final Set<HostAndPort> unreached = new HashSet<>();

	private final List<String> heard = new ArrayList<>();

	private List<ServiceInstance> effective = List.of();

	private int checks;

	private LossGuard guard = new LossGuard(this.loop, CONFIRMATION, this::check, new Listener());

	@Test
	void instancesThatLeaveOneAfterTheOtherAreBelievedAtOnce() {
		tell(1, 2, 3, 4);
		assertThat(tell(2, 3, 4)).containsExactly(2, 3, 4);
		this.scheduler.advance(LossGuard.AT_ONCE.plusSeconds(1));
		assertThat(tell(3, 4)).containsExactly(3, 4);
		this.scheduler.advance(LossGuard.AT_ONCE.plusSeconds(1));
		assertThat(tell(4)).containsExactly(4);
		assertThat(this.checks).isZero();
		assertThat(this.heard).isEmpty();
	}

	@Test
	void newAndChangedInstancesAreBelievedAtOnceAlsoDuringADoubt() {
		tell(1, 2, 3, 4);
		assertThat(tell(4)).containsExactly(1, 2, 3, 4);
		assertThat(tell(4, 5)).containsExactly(1, 2, 3, 4, 5);
		ServiceInstance heavier = ServiceInstance.builder("svc", "127.0.0.1", 5).id("five").weight(900).build();
		assertThat(accept(List.of(instance(4), heavier))).contains(heavier).hasSize(5);
	}

	@Test
	@Proves("F38")
	void halfOfTheInstancesGoneAtOnceStayUntilAFreshListingSaysTheSame() {
		tell(1, 2, 3, 4);
		assertThat(tell(3, 4)).containsExactly(1, 2, 3, 4);
		assertThat(held()).containsExactly(1, 2);
		assertThat(this.heard).isEmpty();
		this.scheduler.advance(CONFIRMATION.minusMillis(1));
		assertThat(this.heard).containsExactly("suspected 2");
		assertThat(believed()).containsExactly(1, 2, 3, 4);
		this.scheduler.advance(Duration.ofMillis(1));
		assertThat(this.heard).containsExactly("suspected 2", "confirm");
		assertThat(tell(3, 4)).as("not listed again yet").containsExactly(1, 2, 3, 4);
		onLoop(() -> this.guard.relisted());
		assertThat(tell(3, 4)).containsExactly(3, 4);
		assertThat(held()).isEmpty();
		this.scheduler.advance(Duration.ofMinutes(1));
		assertThat(this.scheduler.pendingTasks()).isZero();
		assertThat(this.heard).hasSize(2);
	}

	@Test
	void lessThanHalfIsBelieved() {
		tell(1, 2, 3, 4, 5);
		assertThat(tell(3, 4, 5)).containsExactly(3, 4, 5);
	}

	@Test
	void oneOfTwoIsNoMassLoss() {
		tell(1, 2);
		assertThat(tell(2)).containsExactly(2);
	}

	@Test
	void lossesThatTrickleInAreAddedUp() {
		tell(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
		int[] left = IntStream.rangeClosed(1, 10).toArray();
		for (int gone = 0; gone < 8; gone++) {
			left = Arrays.copyOfRange(left, 1, left.length);
			tell(left);
			this.scheduler.advance(Duration.ofMillis(100));
		}
		// four were believed, the fifth made it half
		assertThat(believed()).containsExactly(5, 6, 7, 8, 9, 10);
		assertThat(held()).containsExactly(5, 6, 7, 8);
	}

	@Test
	void whoComesBackIsNotLost() {
		tell(1, 2, 3);
		tell(2, 3);
		tell(1, 2, 3);
		assertThat(tell(1, 3)).as("a rolling restart").containsExactly(1, 3);
		tell(1, 2, 3);
		assertThat(tell(1, 2)).containsExactly(1, 2);
	}

	@Test
	@Proves("F38")
	void theOnlyInstanceStaysWhileSomebodyListensThere() {
		tell(1);
		assertThat(tell()).containsExactly(1);
		this.scheduler.advance(Duration.ofSeconds(5));
		assertThat(believed()).containsExactly(1);
		this.absent.add(1);
		this.scheduler.advance(ListeningCheck.INTERVAL);
		assertThat(believed()).isEmpty();
		assertThat(this.heard).containsExactly("suspected 1", "changed");
		assertThat(this.scheduler.pendingTasks()).isZero();
	}

	@Test
	void serverThatListensForAMomentAfterItHasLeftIsNotSpokenOf() {
		tell(1);
		tell();
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(believed()).containsExactly(1);
		this.absent.add(1);
		this.scheduler.advance(Duration.ofMinutes(1));
		assertThat(this.heard).containsExactly("changed");
	}

	@Test
	@Proves("F39")
	void whereNobodyListensTheRegistryIsBelievedAtOnce() {
		tell(1, 2, 3);
		this.absent.addAll(List.of(1, 3));
		tell();
		this.scheduler.runDue();
		assertThat(believed()).containsExactly(2);
		assertThat(held()).containsExactly(2);
	}

	@Test
	void whoIsRegisteredIsNeverDroppedForNotListening() {
		tell(1, 2, 3);
		this.absent.addAll(List.of(1, 2, 3));
		tell(3);
		this.scheduler.advance(Duration.ofSeconds(10));
		assertThat(believed()).containsExactly(3);
	}

	@Test
	void whatTheRegistryHasAgainIsHeldNoLonger() {
		tell(1, 2, 3);
		tell();
		assertThat(tell(2)).containsExactly(1, 2, 3);
		assertThat(held()).containsExactly(1, 3);
		assertThat(tell(1, 2, 3)).containsExactly(1, 2, 3);
		assertThat(held()).isEmpty();
		assertThat(this.scheduler.pendingTasks()).isLessThanOrEqualTo(1);
		this.scheduler.advance(Duration.ofMinutes(1));
		assertThat(this.heard).isEmpty();
	}

	@Test
	void whatIsMissingAfterLostContactIsDoubted() {
		tell(1, 2, 3, 4, 5);
		onLoop(() -> this.guard.interrupted());
		assertThat(tell(2, 3, 4, 5)).containsExactly(1, 2, 3, 4, 5);
		assertThat(held()).containsExactly(1);
		assertThat(tell(3, 4, 5)).as("contact is back").containsExactly(1, 3, 4, 5);
	}

	@Test
	void outageIsNoConfirmation() {
		tell(1, 2);
		tell();
		this.scheduler.advance(Duration.ofSeconds(20));
		onLoop(() -> this.guard.interrupted());
		this.absent.addAll(List.of(1, 2));
		this.scheduler.advance(Duration.ofMinutes(5));
		assertThat(believed()).as("who does not get through may be us").containsExactly(1, 2);
		this.absent.clear();
		tell();
		this.scheduler.advance(CONFIRMATION.minusSeconds(1));
		assertThat(this.heard).doesNotContain("confirm");
		this.scheduler.advance(Duration.ofSeconds(2));
		assertThat(this.heard).contains("confirm");
		onLoop(() -> this.guard.relisted());
		assertThat(tell()).isEmpty();
	}

	@Test
	void lossOfContactDuringTheConfirmationBeginsItAnew() {
		tell(1, 2);
		tell();
		this.scheduler.advance(CONFIRMATION);
		assertThat(this.heard).contains("confirm");
		onLoop(() -> this.guard.interrupted());
		onLoop(() -> this.guard.relisted());
		assertThat(tell()).as("may have forgotten").containsExactly(1, 2);
	}

	@Test
	void newDoubtDuringAConfirmationHasATimeOfItsOwn() {
		tell(1, 2, 3);
		tell(3);
		this.scheduler.advance(CONFIRMATION);
		assertThat(this.heard).contains("confirm");
		tell(1, 2, 3);
		tell();
		onLoop(() -> this.guard.relisted());
		assertThat(tell()).containsExactly(1, 2, 3);
		this.scheduler.advance(CONFIRMATION);
		assertThat(this.heard.stream().filter("confirm"::equals)).hasSize(2);
		onLoop(() -> this.guard.relisted());
		assertThat(tell()).isEmpty();
	}

	@Test
	void contactThatIsLostAgainAndAgainHoldsNobodyForEver() {
		tell(1, 2, 3);
		for (int i = 0; i < 5; i++) {
			assertThat(tell(3)).containsExactly(1, 2, 3);
			// not enough for a confirmation
			this.scheduler.advance(Duration.ofSeconds(26));
			onLoop(() -> this.guard.interrupted());
		}
		assertThat(tell(3)).containsExactly(3);
		assertThat(this.heard).doesNotContain("confirm");
	}

	@Test
	void outageAddsNothingToTheContactThatWasLostAgainAndAgain() {
		tell(1, 2, 3);
		for (int i = 0; i < 4; i++) {
			tell(3);
			this.scheduler.advance(Duration.ofSeconds(26));
			onLoop(() -> this.guard.interrupted());
			this.scheduler.advance(Duration.ofHours(1));
		}
		assertThat(tell(3)).containsExactly(1, 2, 3);
		tell();
		this.scheduler.advance(Duration.ofSeconds(26));
		onLoop(() -> this.guard.interrupted());
		assertThat(tell()).as("what is lost later begins anew").containsExactly(1, 2, 3);
	}

	@Test
	void oneThatIsMissingFromTheFirstListAfterASnapshotIsDoubtedAsAfterAnOutage() {
		onLoop(() -> this.guard.begin(List.of(instance(1), instance(2), instance(3), instance(4), instance(5))));
		assertThat(tell(2, 3, 4, 5)).containsExactly(1, 2, 3, 4, 5);
		assertThat(tell(3, 4, 5)).as("contact is there").containsExactly(1, 3, 4, 5);
	}

	@Test
	void firstListAfterASnapshotIsDoubtedAsAfterAnOutage() {
		onLoop(() -> this.guard.begin(List.of(instance(1), instance(2), instance(3))));
		this.absent.add(2);
		assertThat(tell(3, 4)).containsExactly(1, 2, 3, 4);
		this.scheduler.runDue();
		assertThat(believed()).as("nobody listens at 2").containsExactly(1, 3, 4);
		this.scheduler.advance(CONFIRMATION);
		onLoop(() -> this.guard.relisted());
		assertThat(tell(3, 4)).containsExactly(3, 4);
	}

	@Test
	void emptyFirstListDoesNotReplaceASnapshotWhereSomebodyListens() {
		onLoop(() -> this.guard.begin(List.of(instance(1), instance(2))));
		this.absent.add(1);
		tell();
		this.scheduler.runDue();
		assertThat(believed()).containsExactly(2);
	}

	@Test
	void whatIsWithdrawnIsBelievedAtOnceAlsoTheOnlyInstance() {
		tell(1);
		withdraw(1);
		assertThat(tell()).isEmpty();
		this.outOfService.clear();
		assertThat(tell(1)).containsExactly(1);
		tell(1, 2, 3, 4);
		withdraw(1, 2, 3);
		assertThat(tell(4)).containsExactly(4);
		assertThat(this.checks).isZero();
		assertThat(this.heard).isEmpty();
	}

	@Test
	void whatIsWithdrawnIsHeldNoLonger() {
		tell(1, 2, 3);
		onLoop(() -> this.guard.interrupted());
		assertThat(tell(3)).containsExactly(1, 2, 3);
		withdraw(1);
		assertThat(tell(3)).containsExactly(2, 3);
		assertThat(held()).containsExactly(2);
		withdraw(2);
		assertThat(tell(3)).containsExactly(3);
		assertThat(this.scheduler.pendingTasks()).isLessThanOrEqualTo(1);
	}

	@Test
	void withdrawingSomeSaysNothingOfOthers() {
		tell(1, 2, 3);
		withdraw(1);
		assertThat(tell()).containsExactly(2, 3);
	}

	@Test
	void allThatTheRegistrysProbesDoNotReachStayWhileTheyListen() {
		tell(1, 2, 3);
		unreached(1, 2, 3);
		assertThat(tell()).containsExactly(1, 2, 3);
		assertThat(this.guard.isPanic()).isTrue();
		for (int i = 1; i <= 3; i++) {
			this.scheduler.advance(CONFIRMATION);
			onLoop(() -> this.guard.relisted());
			assertThat(tell()).as("confirmed " + i + " times").containsExactly(1, 2, 3);
		}
		assertThat(this.heard).containsOnlyOnce("suspected 3");
		this.absent.add(2);
		this.scheduler.advance(ListeningCheck.INTERVAL);
		assertThat(believed()).containsExactly(1, 3);
		this.unreached.clear();
		assertThat(tell(1, 2, 3)).containsExactly(1, 2, 3);
		assertThat(this.guard.isPanic()).isFalse();
	}

	@Test
	void someThatTheRegistrysProbesDoNotReachAreLostAsOthersAre() {
		tell(1, 2, 3, 4, 5);
		unreached(1);
		assertThat(tell(2, 3, 4, 5)).containsExactly(2, 3, 4, 5);
		unreached(1, 2, 3);
		assertThat(tell(4, 5)).as("half of them at once").containsExactly(2, 3, 4, 5);
		this.scheduler.advance(CONFIRMATION);
		onLoop(() -> this.guard.relisted());
		assertThat(tell(4, 5)).containsExactly(4, 5);
	}

	@Test
	void whoSaysItselfThatItIsUnwellIsOutAlsoWhenNoProbeReachesTheOthers() {
		tell(1, 2);
		unreached(1, 2);
		tell();
		this.unreached.clear();
		unreached(1);
		withdraw(2);
		assertThat(tell()).containsExactly(1);
	}

	private void unreached(int... ports) {
		Arrays.stream(ports).forEach((port) -> this.unreached.add(new HostAndPort("127.0.0.1", port)));
	}

	@Test
	void zeroBelievesEverything() {
		this.guard = new LossGuard(this.loop, Duration.ZERO, this::check, new Listener());
		tell(1, 2, 3);
		onLoop(() -> this.guard.interrupted());
		assertThat(tell()).isEmpty();
		assertThat(this.scheduler.pendingTasks()).isZero();
	}

	@Test
	void closedGuardAsksNobody() {
		tell(1, 2);
		tell();
		this.scheduler.runDue();
		int before = this.checks;
		onLoop(() -> this.guard.close());
		this.scheduler.advance(Duration.ofMinutes(5));
		assertThat(this.checks).isEqualTo(before);
		assertThat(this.scheduler.pendingTasks()).isZero();
	}

	private List<Integer> tell(int... ports) {
		return ports(accept(Arrays.stream(ports).mapToObj(LossGuardTests::instance).toList()));
	}

	private List<ServiceInstance> accept(List<ServiceInstance> reported) {
		AtomicReference<List<ServiceInstance>> result = new AtomicReference<>();
		onLoop(() -> {
			this.effective = this.guard.accept(reported, Set.copyOf(this.outOfService), Set.copyOf(this.unreached));
			result.set(this.effective);
		});
		return result.get();
	}

	private void onLoop(Runnable task) {
		this.loop.execute(task);
		this.scheduler.runDue();
	}

	private void withdraw(int... ports) {
		Arrays.stream(ports).forEach((port) -> this.outOfService.add(new HostAndPort("127.0.0.1", port)));
	}

	private List<Integer> believed() {
		return ports(this.effective);
	}

	private List<Integer> held() {
		return ports(this.guard.retained());
	}

	private static List<Integer> ports(List<ServiceInstance> instances) {
		return instances.stream().map(ServiceInstance::port).toList();
	}

	private static ServiceInstance instance(int port) {
		return ServiceInstance.of("svc", "127.0.0.1", port);
	}

	private void check(Collection<HostAndPort> addresses, Consumer<Set<HostAndPort>> answer) {
		this.checks++;
		answer.accept(addresses.stream()
			.filter((address) -> this.absent.contains(address.port()))
			.collect(Collectors.toSet()));
	}

	private final class Listener implements LossGuard.Listener {

		@Override
		public void suspected(List<ServiceInstance> retained) {
			LossGuardTests.this.heard.add("suspected " + retained.size());
		}

		@Override
		public void confirm() {
			LossGuardTests.this.heard.add("confirm");
		}

		@Override
		public void changed(List<ServiceInstance> effective) {
			LossGuardTests.this.effective = effective;
			LossGuardTests.this.heard.add("changed");
		}

	}

}
