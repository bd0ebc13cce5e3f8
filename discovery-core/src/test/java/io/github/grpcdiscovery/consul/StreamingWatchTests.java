package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.consul.ConsulApi.ReadPermission;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.internal.watch.WatchedServices;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an agent that streams leaves unsaid: whether its servers have a leader, whether
 * our token may see everything, whether its copy is up to date.
 */
class StreamingWatchTests {

	private final FakeScheduler scheduler = new FakeScheduler();

	private final FakeConsulApi api = new FakeConsulApi();

	private final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5);

	private final LeaderMonitor leaders = new LeaderMonitor(this.api, this.loop, null);

	private final AgentQueries queries = new AgentQueries(this.api, this.loop, "consul (http://127.0.0.1:8500)");

	private final KnownEntries known = new KnownEntries();

	private final WatchedServices discovery = new WatchedServices(
			new RegistryContext("consul", "consul (http://127.0.0.1:8500)", this.loop, DiscoveryObserver.NONE),
			(service,
					sink) -> new ConsulWatchAttempt(new ServiceQueries(this.queries, "consul (http://127.0.0.1:8500)",
							service, ConsulQuery.DEFAULT), this.leaders, this.known, sink),
			WatchSettings.builder()
				.lossConfirmation(Duration.ofSeconds(30))
				.reachability((addresses, absent) -> absent.accept(Set.of()))
				.build());

	private final RecordingListener listener = new RecordingListener();

	private final Subscription subscription;

	StreamingWatchTests() {
		this.subscription = this.discovery.watch("orders", this.listener);
		run();
	}

	@AfterEach
	void promisesAreKept() {
		this.listener.assertPromisesKept();
	}

	@Test
	void instanceThatIsAddedIsBelievedAtOnce() {
		answerWith(answer(20, 1));
		answerWith(streamed(21, 1, 2));
		assertThat(ports()).containsExactly(1, 2);
		assertThat(this.api.query().request.index()).isEqualTo(21);
		assertThat(this.api.queries).hasSize(3);
	}

	@Test
	void instanceThatLeavesIsGoneAsSoonAsTheServersSaySoToo() {
		answerWith(answer(20, 1, 2, 3));
		this.api.query().answer(streamed(21, 2, 3));
		run();
		assertThat(this.api.query().request.index()).as("asked of the servers at once").isZero();
		answerWith(answer(21, 2, 3));
		assertThat(ports()).containsExactly(2, 3);
		assertThat(this.api.query().request.index()).isEqualTo(21);
		assertThat(this.api.query().request.fromServers()).isFalse();
		assertThat(status().connected()).isTrue();
	}

	@Test
	void copyThatIsBehindTheServersIsNotBelieved() {
		answerWith(answer(20, 1, 2, 3));
		FakeConsulApi.Query held = this.api.query();
		this.scheduler.advance(Duration.ofSeconds(20));
		this.subscription.refresh();
		this.scheduler.advance(Duration.ofSeconds(2));
		answerWith(answer(25, 2, 3));
		assertThat(ports()).containsExactly(2, 3);
		held.answer(streamed(22, 1, 2, 3, 4));
		run();
		this.scheduler.advance(Duration.ofMillis(100));
		assertThat(ports()).containsExactly(2, 3);
		assertThat(this.api.query().request.index()).isEqualTo(25);
	}

	@Test
	void copyThatLacksWhatTheServersHaveIsNotUsedForAWhile() {
		answerWith(answer(20, 1, 2, 3));
		answerWith(streamed(21, 2, 3));
		answerWith(answer(20, 1, 2, 3));
		assertThat(this.listener.lists()).hasSize(1);
		assertThat(this.api.query().request.fromServers()).isTrue();
		this.scheduler.advance(LeaderMonitor.DISTRUST);
		answerWith(answer(22, 1, 2, 3));
		assertThat(this.api.query().request.fromServers()).isFalse();
	}

	@Test
	void permissionThatIsLostTakesNothingAway() {
		answerWith(answer(20, 1, 2));
		this.api.readPermission = ReadPermission.NODE_DENIED;
		answerWith(streamed(20));
		answerWith(answer(20, true, true));
		assertThat(ports()).containsExactly(1, 2);
		assertThat(status().connected()).isFalse();
		assertThat(status().lastError()).contains("may not read nodes that service 'orders' is on", "node:read");
		this.api.readPermission = ReadPermission.GRANTED;
		this.scheduler.advance(Duration.ofMinutes(1));
		answerWith(answer(22, 2, 3, 4));
		this.scheduler.advance(Duration.ofSeconds(32));
		answerWith(answer(22, 2, 3, 4));
		assertThat(ports()).containsExactly(2, 3, 4);
		assertThat(status().connected()).isTrue();
	}

	@Test
	void permissionThatIsLostForSomeNodesTakesNothingAwayAndAddsWhatIsSeen() {
		answerWith(answer(20, 1, 2));
		this.api.readPermission = ReadPermission.NODE_DENIED;
		answerWith(answer(21, true, true, 2, 3));
		assertThat(ports()).containsExactly(1, 2, 3);
		assertThat(status().connected()).isFalse();
		assertThat(this.api.nodesAskedAbout).containsExactly("n1");
		// as it is also when the watch begins anew
		this.scheduler.advance(Duration.ofMinutes(1));
		answerWith(answer(21, true, true, 2, 3));
		assertThat(ports()).containsExactly(1, 2, 3);
	}

	@Test
	void firstListThatIsFilteredIsUsedAndSaidToLackSomething() {
		this.api.readPermission = ReadPermission.NODE_DENIED;
		answerWith(answer(21, true, true, 2, 3));
		assertThat(ports()).containsExactly(2, 3);
		assertThat(status().connected()).isFalse();
		assertThat(status().lastError()).contains("may not read nodes");
	}

	@Test
	void olderConsulThatDoesNotSayThatItLeavesSomethingOutIsAskedAboutTheNodes() {
		answerWith(oldAnswer(20, 1, 2, 3));
		this.api.readPermission = ReadPermission.NODE_DENIED;
		answerWith(oldAnswer(21, 2));
		assertThat(this.api.nodesAskedAbout).containsExactlyInAnyOrder("n1", "n3");
		assertThat(ports()).containsExactly(1, 2, 3);
		assertThat(status().lastError()).contains("may not read nodes that service 'orders' is on");
		// the first list of the next attempt is doubted as well
		this.scheduler.advance(Duration.ofMinutes(1));
		answerWith(oldAnswer(21, 2));
		assertThat(ports()).containsExactly(1, 2, 3);
		this.scheduler.advance(Duration.ofMinutes(1));
		this.api.readPermission = ReadPermission.GRANTED;
		answerWith(oldAnswer(22, 1, 2, 3));
		answerWith(oldAnswer(23, 1, 2));
		assertThat(ports()).containsExactly(1, 2);
	}

	@Test
	void olderConsulThatListsNothingIsAskedAboutAnyNode() {
		this.api.readPermission = ReadPermission.NODE_DENIED;
		answerWith(oldAnswer(20));
		assertThat(this.api.nodesAskedAbout).containsExactly("");
		assertThat(this.listener.lists()).isEmpty();
		assertThat(this.listener.unavailable()).singleElement()
			.satisfies((error) -> assertThat(error).hasMessageContaining("node:read"));
	}

	@Test
	void leaderThatIsGoneIsNoticedWithinSecondsAndTheListStays() {
		answerWith(answer(20, 1, 2));
		answerWith(streamed(21, 1, 2));
		this.api.leader = false;
		this.scheduler.advance(Duration.ofSeconds(8));
		assertThat(status().connected()).isFalse();
		assertThat(status().lastError()).contains("no leader");
		assertThat(this.api.query().request.stale()).isTrue();
		assertThat(this.api.query().request.fromServers()).isTrue();
		answerWith(answer(21, false, false, 2));
		assertThat(ports()).containsExactly(1, 2);
		int questions = this.api.leaderQuestions;
		this.scheduler.advance(Duration.ofSeconds(5));
		assertThat(this.api.leaderQuestions - questions).as("nobody waits for the answer").isLessThan(3);
		this.api.leader = true;
		answerWith(answer(22, 1, 2));
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(this.api.query().request.stale()).isFalse();
		answerWith(answer(22, 1, 2));
		assertThat(status().connected()).isTrue();
		assertThat(this.api.query().request.fromServers()).as("the copy may be old").isTrue();
		assertThat(this.listener.lists()).hasSize(1);
	}

	@Test
	void leaderThatIsGoneIsNoticedAlsoBeforeTheFirstAnswerFromTheCopy() {
		answerWith(answer(20, 1, 2));
		this.api.leader = false;
		this.scheduler.advance(Duration.ofSeconds(8));
		assertThat(status().connected()).isFalse();
	}

	@Test
	void electionIsNoLossOfContact() {
		answerWith(answer(20, 1, 2));
		answerWith(streamed(21, 1, 2));
		for (int i = 0; i < 5; i++) {
			this.scheduler.advance(Duration.ofSeconds(2));
			this.api.leader = false;
			this.scheduler.advance(Duration.ofSeconds(2));
			this.api.leader = true;
			this.scheduler.advance(Duration.ofSeconds(1));
			assertThat(status().connected()).isTrue();
		}
	}

	@Test
	void leaderIsAskedForOnceForAllServicesAndOnlyWhereTheAgentStreams() {
		answerWith(oldAnswer(20, 1));
		this.scheduler.advance(Duration.ofSeconds(20));
		answerWith(oldAnswer(21, 1));
		this.scheduler.advance(Duration.ofSeconds(20));
		assertThat(this.api.leaderQuestions).as("an old agent").isZero();
		answerWith(answer(22, 1));
		this.scheduler.advance(Duration.ofSeconds(20));
		assertThat(this.api.leaderQuestions).as("its servers hold the query").isZero();
		answerWith(streamed(23, 1, 2));
		RecordingListener carts = new RecordingListener();
		this.discovery.watch("carts", carts);
		run();
		answerWith(answer(20, 3));
		answerWith(streamed(21, 1, 2, 3));
		this.scheduler.advance(Duration.ofSeconds(40));
		assertThat(this.api.leaderQuestions).isBetween(9, 11);
		this.discovery.close();
		run();
		int questions = this.api.leaderQuestions;
		this.scheduler.advance(Duration.ofSeconds(40));
		assertThat(this.api.leaderQuestions).isEqualTo(questions);
	}

	@Test
	void errorOfTheServersThatLastsLosesContactAndTheListStays() {
		answerWith(answer(20, 1, 2));
		this.api.query().status(500);
		run();
		answerWith(answer(20, false, false, 1, 2));
		assertThat(status().connected()).as("an election takes a moment").isTrue();
		this.scheduler.advance(Duration.ofSeconds(4));
		assertThat(status().connected()).isFalse();
		assertThat(status().lastError()).contains("no leader");
		assertThat(this.listener.lists()).hasSize(1);
	}

	private void run() {
		this.scheduler.runDue();
	}

	private void answerWith(HealthAnswer answer) {
		this.api.query().answer(answer);
		run();
		this.scheduler.advance(Duration.ofMillis(100));
	}

	private @Nullable List<Integer> ports() {
		List<ServiceInstance> last = this.listener.last();
		return (last != null) ? last.stream().map(ServiceInstance::port).toList() : null;
	}

	private WatchStatus status() {
		return this.discovery.watches().get(0);
	}

	private static HealthAnswer answer(long index, int... ports) {
		return FakeConsulApi.answer(index, ports);
	}

	private static HealthAnswer answer(long index, boolean knownLeader, boolean filteredByAcls, int... ports) {
		return FakeConsulApi.answer(index, knownLeader, filteredByAcls, ports);
	}

	private static HealthAnswer oldAnswer(long index, int... ports) {
		return FakeConsulApi.oldAnswer(index, ports);
	}

	private static HealthAnswer streamed(long index, int... ports) {
		return FakeConsulApi.streamed(index, ports);
	}

}
