package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.retry.LostServer;
import io.github.grpcdiscovery.resolver.BalancingSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class DiscoveryLoadBalancerTests {

	private static final BalancingSettings SETTINGS = BalancingSettings.defaults();

	private final FakeChannel channel = new FakeChannel();

	@Test
	void channelIsAsGoodAsItsBestConnection() {
		this.channel.connectingByHand().balance(SETTINGS, instance(0), instance(1));
		assertThat(this.channel.state()).isEqualTo(ConnectivityState.CONNECTING);
		this.channel.server(0).refuse();
		assertThat(this.channel.state()).isEqualTo(ConnectivityState.CONNECTING);
		assertThat(this.channel.refreshes()).isEqualTo(1);
		this.channel.server(1).refuse();
		assertThat(this.channel.state()).isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
		assertThat(status().getDescription()).isEqualTo("refused");
		this.channel.server(0).state(ConnectivityStateInfo.forNonError(ConnectivityState.CONNECTING));
		assertThat(this.channel.state()).as("one that failed has failed until it is connected")
			.isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
		this.channel.server(0).connect();
		assertThat(this.channel.state()).isEqualTo(ConnectivityState.READY);
		assertThat(this.channel.picks(3)).containsOnly(0);
	}

	@Test
	void connectionThatEndsIsMadeAgainAndGetsNoCallsUntilThen() {
		this.channel.balance(SETTINGS, instance(0), instance(1));
		int requests = this.channel.server(1).requests();
		this.channel.server(1).state(ConnectivityStateInfo.forNonError(ConnectivityState.IDLE));
		assertThat(this.channel.server(1).requests()).isEqualTo(requests + 1);
		assertThat(this.channel.picks(4)).containsOnly(0);
		this.channel.server(1).connect();
		assertThat(this.channel.picks(4)).contains(0, 1);
	}

	@Test
	void newListKeepsTheConnectionsOfThoseWhoStay() {
		this.channel.balance(SETTINGS, instance(0), instance(1));
		FakeServer stays = this.channel.server(0);
		FakeServer leaves = this.channel.server(1);
		this.channel.balance(SETTINGS, instance(2), instance(0));
		assertThat(this.channel.server(0)).isSameAs(stays);
		assertThat(stays.isShutdown()).isFalse();
		assertThat(leaves.isShutdown()).isTrue();
		assertThat(this.channel.picks(4)).containsOnly(0, 2);
		leaves.state(ConnectivityStateInfo.forNonError(ConnectivityState.IDLE));
		assertThat(leaves.requests()).as("who has left is not connected to again").isEqualTo(1);
	}

	@Test
	void addressThatIsListedTwiceIsOneServer() {
		this.channel.balance(SETTINGS, instance(0), instance(0).toBuilder().id("again").build(), instance(1));
		assertThat(this.channel.servers()).hasSize(2);
	}

	@Test
	void weightThatChangesCountsFromTheNextCallOnWithoutANewConnection() {
		this.channel.balance(SETTINGS, weighing(0, 100), weighing(1, 100));
		assertThat(share(1000).get(0)).isCloseTo(0.5, within(0.01));
		this.channel.balance(SETTINGS, weighing(0, 100), weighing(1, 300));
		assertThat(share(1000).get(0)).isCloseTo(0.25, within(0.01));
		assertThat(this.channel.servers()).hasSize(2);
	}

	@Test
	void instancesThatAreAllDrainedAreCalledAlike() {
		this.channel.balance(SETTINGS, weighing(0, 0), weighing(1, 0));
		assertThat(share(100).get(0)).isCloseTo(0.5, within(0.01));
	}

	@Test
	void shareOfAnInstanceThatJoinsGrowsWithinTheWindow() {
		BalancingSettings settings = BalancingSettings.builder().warmUp(Duration.ofSeconds(30)).build();
		this.channel.balance(settings, instance(0), instance(1), instance(2));
		this.channel.calls(3, (server) -> Duration.ofMillis(1));
		this.channel.balance(settings, instance(0), instance(1), instance(2), instance(3));
		assertThat(this.channel.picks(1)).as("its first call comes at once").isEqualTo(List.of(3));
		assertThat(share(1000).get(3)).isCloseTo(0.1 / 3.1, within(0.005));
		this.channel.scheduler().advance(Duration.ofSeconds(15));
		assertThat(share(1000).get(3)).isCloseTo(0.5 / 3.5, within(0.005));
		this.channel.scheduler().advance(Duration.ofSeconds(16));
		assertThat(share(1000).get(3)).isCloseTo(0.25, within(0.005));
	}

	@Test
	void clientThatStartsTakesTheAgeFromTheRegistry() {
		BalancingSettings settings = BalancingSettings.builder().warmUp(Duration.ofSeconds(30)).build();
		this.channel.balance(settings, instance(0), instance(1), startedBefore(2, Duration.ofMinutes(5)),
				startedBefore(3, Duration.ofSeconds(6)));
		assertThat(share(1000).get(3)).isCloseTo(0.2 / 3.2, within(0.005));
		assertThat(share(1000).get(2)).isCloseTo(1 / 3.2, within(0.005));
	}

	@Test
	void deploymentInWhichAllAreNewHasEqualShares() {
		this.channel.balance(SETTINGS, startedBefore(0, Duration.ofSeconds(1)), startedBefore(1, Duration.ZERO),
				startedBefore(2, Duration.ofSeconds(5)));
		assertThat(share(999).get(1)).isCloseTo(1 / 3.0, within(0.005));
	}

	@Test
	void instancesOfTheOwnZoneAreCalledFirstAndTheOthersWhenTheyAreGone() {
		BalancingSettings settings = BalancingSettings.builder().zone("a").build();
		this.channel.balance(settings, in("a", 0), in("a", 1), in("b", 2), in("b", 3));
		assertThat(this.channel.picks(100)).containsOnly(0, 1);
		this.channel.server(0).refuse();
		this.channel.server(1).refuse();
		assertThat(this.channel.picks(100)).containsOnly(2, 3);
		this.channel.server(0).connect();
		this.channel.server(1).connect();
		assertThat(this.channel.picks(100)).containsOnly(0, 1);
	}

	@Test
	void callThatTheOnlyServerOfTheZoneLostGoesToAnotherZone() {
		BalancingSettings settings = BalancingSettings.builder().zone("a").build();
		this.channel.balance(settings, weightedIn("a", 0, 1000), in("b", 1));
		this.channel.calls(1, (server) -> Duration.ofMillis(1));
		assertThat(this.channel.picks(20)).containsOnly(0);
		CallOptions lost = CallOptions.DEFAULT.withOption(LostServer.ADDRESS, FakeChannel.address(0));
		assertThat(this.channel.picks(20, lost)).containsOnly(1);
	}

	@Test
	void zoneWhoseServersAreSilentGivesItsCallsAway() {
		BalancingSettings settings = BalancingSettings.builder().zone("a").build();
		this.channel.balance(settings, in("a", 0), in("a", 1), in("b", 2), in("b", 3));
		this.channel.begin(0);
		this.channel.begin(1);
		this.channel.scheduler().advance(Duration.ofMillis(200));
		assertThat(this.channel.picks(100)).containsOnly(2, 3);
	}

	@Test
	void newInstanceAloneInItsZoneIsNotOverrun() {
		BalancingSettings settings = BalancingSettings.builder().zone("a").warmUp(Duration.ofSeconds(30)).build();
		this.channel.balance(settings, in("b", 1), in("b", 2));
		this.channel.balance(settings, in("a", 0), in("b", 1), in("b", 2));
		assertThat(share(1000).get(0)).isLessThan(0.12);
	}

	@Test
	void clientOfALargeServiceConnectsToSomeAndReplacesThoseThatFail() {
		BalancingSettings settings = BalancingSettings.builder().clientId("client-1").subsetSize(3).build();
		this.channel.balance(settings, many(100));
		Set<Integer> chosen = Set.copyOf(this.channel.picks(30));
		assertThat(chosen).hasSize(3);
		assertThat(this.channel.servers()).hasSize(3);
		int fails = chosen.iterator().next();
		this.channel.server(fails).refuse();
		assertThat(Set.copyOf(this.channel.picks(30))).hasSize(3).doesNotContain(fails);
		assertThat(this.channel.server(fails).isShutdown()).as("whether it recovers is still seen").isFalse();
		this.channel.server(fails).connect();
		assertThat(Set.copyOf(this.channel.picks(30))).isEqualTo(chosen);
	}

	@Test
	void smallServiceAndClientWithoutANameConnectToAll() {
		this.channel.balance(BalancingSettings.builder().subsetSize(2).build(), many(6));
		assertThat(Set.copyOf(this.channel.picks(30))).hasSize(6);
		this.channel.balance(BalancingSettings.builder().clientId("client-1").subsetSize(3).build(), many(6));
		assertThat(Set.copyOf(this.channel.picks(30))).hasSize(6);
		this.channel.balance(BalancingSettings.builder().clientId("client-1").subsetSize(2).build(), many(6));
		assertThat(Set.copyOf(this.channel.picks(30))).hasSize(2);
	}

	@Test
	void subsetIsOfTheOwnZoneWithAFewOfTheOthers() {
		BalancingSettings settings = BalancingSettings.builder().clientId("client-1").subsetSize(8).zone("a").build();
		ServiceInstance[] many = IntStream.range(0, 100)
			.mapToObj((i) -> in((i < 50) ? "a" : "b", i))
			.toArray(ServiceInstance[]::new);
		this.channel.balance(settings, many);
		assertThat(this.channel.servers()).hasSize(10);
		assertThat(Set.copyOf(this.channel.picks(80))).hasSize(8).allMatch((server) -> server < 50);
	}

	@Test
	void serverThatRefusesCallsGetsNoneUntilATrialSucceeds() {
		this.channel.balance(SETTINGS, instance(0), instance(1));
		for (int i = 0; i < FailureBackoff.IN_ROW; i++) {
			refuse(this.channel.begin(1), Status.RESOURCE_EXHAUSTED);
		}
		assertThat(this.channel.picks(20)).containsOnly(0);
		this.channel.scheduler().advance(Duration.ofMillis(150));
		assertThat(this.channel.picks(20)).as("one trial").filteredOn((server) -> server == 1).hasSize(1);
		ClientStreamTracer trial = this.channel.begin(1);
		trial.inboundHeaders();
		trial.streamClosed(Status.OK);
		assertThat(share(100).get(1)).isCloseTo(0.5, within(0.05));
	}

	@Test
	void limitOfOurOwnSideIsNoFailureOfTheServer() {
		this.channel.balance(SETTINGS, instance(0), instance(1));
		for (int i = 0; i < 10; i++) {
			this.channel.begin(1).streamClosed(Status.RESOURCE_EXHAUSTED.withDescription("message is too large"));
			refuse(this.channel.begin(1), Status.NOT_FOUND);
		}
		assertThat(share(100).get(1)).isCloseTo(0.5, within(0.05));
	}

	@Test
	void callsThatAnswerCountNoneInFlight() {
		this.channel.balance(SETTINGS, instance(0), instance(1));
		this.channel.calls(50, (server) -> Duration.ofMillis(1));
		assertThat(this.channel.balancer().servers()).allSatisfy((server) -> {
			assertThat(server.load().inFlight()).isZero();
			assertThat(server.load().calls()).isEqualTo(25);
		});
	}

	@Test
	void openStreamsAreNoLoad() {
		this.channel.balance(SETTINGS, instance(0), instance(1));
		for (int i = 0; i < 20; i++) {
			this.channel.call(1);
		}
		assertThat(share(100).get(1)).isCloseTo(0.5, within(0.01));
	}

	private Status status() {
		return this.channel.picker().pickSubchannel(new FakeChannel.Arguments(CallOptions.DEFAULT)).getStatus();
	}

	private static void refuse(ClientStreamTracer call, Status status) {
		call.inboundTrailers(new Metadata());
		call.streamClosed(status);
	}

	private Map<Integer, Double> share(int calls) {
		List<Integer> picks = this.channel.picks(calls);
		return picks.stream()
			.collect(Collectors.groupingBy(Function.identity(), Collectors.summingDouble((server) -> 1.0 / calls)));
	}

	private static ServiceInstance instance(int server) {
		return FakeChannel.instance(server);
	}

	private static ServiceInstance[] many(int count) {
		return IntStream.range(0, count).mapToObj(FakeChannel::instance).toArray(ServiceInstance[]::new);
	}

	private static ServiceInstance weighing(int server, int weight) {
		return instance(server).toBuilder().weight(weight).build();
	}

	private static ServiceInstance in(String zone, int server) {
		return instance(server).toBuilder().zone(zone).build();
	}

	private static ServiceInstance weightedIn(String zone, int server, int weight) {
		return instance(server).toBuilder().zone(zone).weight(weight).build();
	}

	private ServiceInstance startedBefore(int server, Duration age) {
		return instance(server).toBuilder().started(this.channel.now().minus(age)).build();
	}

}
