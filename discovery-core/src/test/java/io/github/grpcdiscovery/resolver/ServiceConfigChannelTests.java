package io.github.grpcdiscovery.resolver;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayRequest;
import io.github.grpcdiscovery.testsupport.Conditions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a channel does with the service config that a registry holds, on real connections.
 */
class ServiceConfigChannelTests {

	/** Refuses every response of more than one byte. */
	private static final Map<String, ?> LIMIT = methods(1.0);

	/** Refuses none of them. */
	private static final Map<String, ?> GENEROUS = methods(1000.0);

	private static final Map<String, ?> PICK_FIRST = Map.of("loadBalancingConfig",
			List.of(Map.of("pick_first", Map.of())));

	private static final Map<String, ?> BROKEN = Map.of("methodConfig", Map.of("name", "x"));

	private static final Map<String, ?> ROUND_ROBIN = Map.of("loadBalancingConfig",
			List.of(Map.of("round_robin", Map.of())));

	private final EchoServers servers = new EchoServers();

	private final FakeServiceConfigs configs = new FakeServiceConfigs();

	private final FakeDiscovery discovery = new FakeDiscovery().with(this.configs);

	private final List<ManagedChannel> channels = new ArrayList<>();

	@AfterEach
	void close() {
		this.channels.forEach(ManagedChannel::shutdownNow);
		this.servers.close();
	}

	@Test
	void firstCallHasTheServiceConfigOfTheRegistry() {
		this.discovery.hold(this.servers.start("a"));
		ManagedChannel channel = open();
		CompletableFuture<Boolean> limited = CompletableFuture.supplyAsync(() -> isLimited(channel));
		Conditions.eventually(() -> assertThat(this.configs.listeners()).isEqualTo(1));
		assertThat(limited).isNotDone();
		this.configs.hold(LIMIT);
		assertThat(limited).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30))).isEqualTo(true);
	}

	@Test
	void aHundredChannelsFollowAChangeAndNoCallFails() {
		this.discovery.hold(this.servers.start("a"), this.servers.start("b"));
		this.configs.hold(null);
		IntStream.range(0, 100).forEach((i) -> open());
		this.channels.forEach((channel) -> assertThat(isLimited(channel)).isFalse());
		AtomicBoolean stop = new AtomicBoolean();
		AtomicInteger calls = new AtomicInteger();
		CompletableFuture<Void> caller = CompletableFuture.runAsync(() -> {
			while (!stop.get()) {
				say(this.channels.get(calls.incrementAndGet() % 100));
			}
		});
		for (int i = 0; i < 10; i++) {
			this.configs.hold((i % 2 == 0) ? GENEROUS : null);
			int before = calls.get();
			Conditions.await().until(() -> calls.get() > before + 50 || caller.isDone());
		}
		stop.set(true);
		assertThat(caller).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
		this.configs.hold(LIMIT);
		this.channels.forEach((channel) -> Conditions.eventually(() -> assertThat(isLimited(channel)).isTrue()));
	}

	@Test
	void deletedServiceConfigGivesWayToWhatWasBefore() {
		this.discovery.hold(this.servers.start("a"), this.servers.start("b"));
		this.configs.hold(PICK_FIRST);
		ManagedChannel channel = open();
		assertThat(answers(channel).distinct()).hasSize(1);
		this.configs.hold(null);
		Conditions.eventually(() -> assertThat(answers(channel).distinct()).hasSize(2));
	}

	@Test
	void brokenServiceConfigIsRefusedByGrpcsOwnParserAndTheLastGoodOneStays() {
		this.discovery.hold(this.servers.start("a"));
		this.configs.hold(LIMIT);
		ManagedChannel channel = open();
		assertThat(isLimited(channel)).isTrue();
		assertThat(this.configs.hold(BROKEN)).contains("methodConfig");
		assertThat(this.configs.hold(Map.of("loadBalancingConfig", List.of(Map.of("fastest", Map.of())))))
			.contains("fastest");
		assertThat(isLimited(channel)).isTrue();
	}

	@Test
	void serviceConfigThatOnlyThisChannelCannotUseIsLeftOut() {
		this.discovery.hold(this.servers.start("a"));
		this.configs.hold(BROKEN);
		assertThat(isLimited(open())).isFalse();
	}

	@Test
	void registryThatCannotBeReadDoesNotHoldUpACall() {
		this.discovery.hold(this.servers.start("a"));
		ManagedChannel channel = open();
		CompletableFuture<Boolean> limited = CompletableFuture.supplyAsync(() -> isLimited(channel));
		Conditions.eventually(() -> assertThat(this.configs.listeners()).isEqualTo(1));
		this.configs.fail("may not read it");
		assertThat(limited).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30))).isEqualTo(false);
		this.configs.hold(LIMIT);
		Conditions.eventually(() -> assertThat(isLimited(channel)).isTrue());
	}

	@Test
	void registryThatDoesNotAnswerHoldsUpACallForAMomentOnly() {
		this.discovery.hold(this.servers.start("a"));
		assertThat(isLimited(open())).isFalse();
	}

	@Test
	void serviceConfigOfTheApplicationWins() {
		this.discovery.hold(this.servers.start("a"));
		this.configs.hold(LIMIT);
		assertThat(isLimited(open((builder) -> builder.defaultServiceConfig(Map.of())))).isFalse();
		assertThat(isLimited(open((builder) -> builder.disableServiceConfigLookUp()))).isFalse();
		assertThat(this.configs.listeners()).isZero();
	}

	@Test
	void policyOfTheApplicationWinsAndTheRestCounts() {
		this.discovery.hold(this.servers.start("a"), this.servers.start("b"));
		this.configs.hold(ROUND_ROBIN);
		ManagedChannel ofBuilder = open((builder) -> builder.defaultLoadBalancingPolicy("pick_first"));
		assertThat(answers(ofBuilder).distinct()).hasSize(1);
		ManagedChannel ofResolver = open((builder) -> builder
			.setNameResolverArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY, "pick_first"));
		assertThat(answers(ofResolver).distinct()).hasSize(1);
		this.configs.hold(Map.of("loadBalancingConfig", ROUND_ROBIN.get("loadBalancingConfig"), "methodConfig",
				LIMIT.get("methodConfig")));
		Conditions.eventually(() -> assertThat(isLimited(ofBuilder)).isTrue());
		Conditions.eventually(() -> assertThat(isLimited(ofResolver)).isTrue());
	}

	@Test
	void policyThatIsADefaultGivesWayToTheRegistry() {
		this.discovery.hold(this.servers.start("a"), this.servers.start("b"));
		this.configs.hold(PICK_FIRST);
		for (String policy : List.of(DiscoveryNameResolverProvider.LEAST_LOAD, "round_robin")) {
			ManagedChannel ofBuilder = open((builder) -> builder.defaultLoadBalancingPolicy(policy));
			assertThat(answers(ofBuilder).distinct()).as(policy).hasSize(1);
			ManagedChannel ofResolver = open((builder) -> builder
				.setNameResolverArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY, policy));
			assertThat(answers(ofResolver).distinct()).as(policy).hasSize(1);
		}
	}

	@Test
	void registrySetsTheParametersOfOurPolicyAndSoItsChannelsCallTheZoneThatItNames() {
		this.discovery.hold(this.servers.start("a").toBuilder().zone("zone-a").build(),
				this.servers.start("b").toBuilder().zone("zone-b").build());
		this.configs.hold(leastLoad(Map.of("zone", "zone-b", "warmUp", "0s")));
		ManagedChannel channel = open();
		assertThat(answers(channel)).containsOnly("b");
		assertThat(this.configs.hold(leastLoad(Map.of("warmUp", "soon")))).contains("warmUp: 'soon'", "1.5s");
		this.configs.hold(leastLoad(Map.of("zone", "zone-a", "warmUp", "0s")));
		Conditions.eventually(() -> assertThat(answers(channel)).containsOnly("a"));
		this.configs.hold(null);
		Conditions.eventually(() -> assertThat(answers(channel).distinct()).hasSize(2));
	}

	private static Map<String, ?> leastLoad(Map<String, ?> parameters) {
		return Map.of("loadBalancingConfig", List.of(Map.of(DiscoveryNameResolverProvider.LEAST_LOAD, parameters)));
	}

	@Test
	void policyStaysOursWhereTheRegistryNamesNone() {
		this.discovery.hold(this.servers.start("a"), this.servers.start("b"));
		this.configs.hold(GENEROUS);
		ManagedChannel unfollowing = add(builder());
		ManagedChannel following = add(follow(builder()));
		Conditions.eventually(() -> assertThat(answers(following).distinct()).hasSize(2));
		this.configs.hold(LIMIT);
		Conditions.eventually(() -> assertThat(isLimited(following)).isTrue());
		assertThat(isLimited(unfollowing)).as("off by default").isFalse();
	}

	@Test
	void registryWithoutServiceConfigsIsUsedAsBefore() {
		FakeDiscovery without = FakeDiscovery.holding(this.servers.start("a"));
		ManagedChannel channel = add(follow(
				builder().setNameResolverArg(DiscoveryNameResolverProvider.REGISTRIES, Registries.only(without))));
		assertThat(isLimited(channel)).isFalse();
	}

	@Test
	void closedChannelFollowsNothing() {
		this.discovery.hold(this.servers.start("a"));
		this.configs.hold(LIMIT);
		ManagedChannel channel = open();
		assertThat(isLimited(channel)).isTrue();
		channel.shutdownNow();
		Conditions.eventually(() -> assertThat(this.configs.listeners()).isZero());
	}

	private ManagedChannel open() {
		return open((builder) -> {
		});
	}

	private ManagedChannel open(Consumer<NettyChannelBuilder> customizer) {
		NettyChannelBuilder builder = follow(DiscoveryChannels.configure(builder(), Registries.only(this.discovery)));
		customizer.accept(builder);
		return add(builder);
	}

	private NettyChannelBuilder builder() {
		return NettyChannelBuilder.forTarget("discovery:///echo")
			.usePlaintext()
			.setNameResolverArg(DiscoveryNameResolverProvider.REGISTRIES, Registries.only(this.discovery));
	}

	private static NettyChannelBuilder follow(NettyChannelBuilder builder) {
		DiscoveryChannels.followServiceConfig(builder);
		return builder;
	}

	private ManagedChannel add(NettyChannelBuilder builder) {
		ManagedChannel channel = builder.build();
		this.channels.add(channel);
		return channel;
	}

	private static Stream<String> answers(ManagedChannel channel) {
		return IntStream.range(0, 10).mapToObj((i) -> say(channel));
	}

	private static boolean isLimited(ManagedChannel channel) {
		try {
			say(channel);
			return false;
		}
		catch (StatusRuntimeException ex) {
			assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			return true;
		}
	}

	private static Map<String, ?> methods(double maxResponse) {
		return Map.of("methodConfig",
				List.of(Map.of("name", List.of(Map.of()), "maxResponseMessageBytes", maxResponse)));
	}

	private static String say(ManagedChannel channel) {
		return EchoGrpc.newBlockingStub(channel)
			.withWaitForReady()
			.withDeadlineAfter(60, TimeUnit.SECONDS)
			.say(SayRequest.getDefaultInstance())
			.getText();
	}

}
