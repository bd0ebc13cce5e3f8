package io.github.grpcdiscovery.resolver;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayRequest;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.SteadyCaller;
import io.github.grpcdiscovery.testsupport.TcpProxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Servers that hang, behind proxies that freeze. */
@Timeout(300)
class HangingServersTests {

	// a call that is only late on a busy machine is answered within it
	private static final Duration DEADLINE = Duration.ofSeconds(4);

	private final EchoServers servers = new EchoServers();

	private final ServiceInstance direct = this.servers.start("direct");

	private final TcpProxy b = TcpProxy.to(this.servers.start("b").port());

	private final TcpProxy c = TcpProxy.to(this.servers.start("c").port());

	private final FakeDiscovery discovery = FakeDiscovery.holding(this.direct, at(this.b), at(this.c));

	private ManagedChannel channel;

	@AfterEach
	void close() {
		if (this.channel != null) {
			this.channel.shutdownNow();
		}
		this.b.close();
		this.c.close();
		this.servers.close();
	}

	@Test
	void serverThatHangsGetsNoCallsUntilItAnswersAgain() {
		open(Duration.ofMillis(900));
		try (SteadyCaller caller = SteadyCaller.start(this.channel, 100, DEADLINE, DEADLINE)) {
			getsCalls(caller, "direct", "b", "c");
			caller.forget();
			this.c.freeze();
			long frozen = System.nanoTime();
			nothingFails(caller, Duration.ofSeconds(2));
			assertThat(caller.failures()).as(caller.account(frozen))
				.isNotEmpty()
				.allMatch((failure) -> failure.server().endsWith(":" + this.c.port()));
			getsCalls(caller, "direct", "b");
			this.c.thaw();
			getsCalls(caller, "c");
		}
	}

	@Test
	void twoOfThreeMayHang() {
		open(Duration.ofMillis(900));
		try (SteadyCaller caller = SteadyCaller.start(this.channel, 100, DEADLINE, DEADLINE)) {
			getsCalls(caller, "direct", "b", "c");
			this.b.freeze();
			this.c.freeze();
			nothingFails(caller, Duration.ofSeconds(2));
			this.b.thaw();
			this.c.thaw();
			getsCalls(caller, "direct", "b", "c");
		}
	}

	@Test
	void nobodyIsTakenOutWhileNobodyAnswers() {
		this.discovery.hold(at(this.b), at(this.c));
		// much longer than it takes a busy machine to freeze both
		open(Duration.ofMillis(2500));
		try (SteadyCaller caller = SteadyCaller.start(this.channel, 100, DEADLINE, DEADLINE)) {
			getsCalls(caller, "b", "c");
			caller.forget();
			this.b.freeze();
			this.c.freeze();
			Conditions.await(Duration.ofSeconds(30)).until(() -> caller.failures().size() > 500);
			// both still get calls: those that failed last went to one and the other
			assertThat(caller.failures().subList(400, 500)).extracting(SteadyCaller.Outcome::server)
				.containsOnly("/127.0.0.1:" + this.b.port(), "/127.0.0.1:" + this.c.port());
			this.b.thaw();
			this.c.thaw();
			getsCalls(caller, "b", "c");
		}
	}

	@Test
	void serverThatIsSlowGetsFewerCallsUntilItIsFastAgain() {
		open(Duration.ofMillis(900));
		whenAllAnswer();
		this.servers.delay("b", Duration.ofMillis(300));
		Map<String, Integer> answers = new TreeMap<>();
		for (int i = 0; i < 300; i++) {
			answers.merge(call(), 1, Integer::sum);
		}
		assertThat(answers.getOrDefault("b", 0)).isLessThan(50);
		assertThat(answers.get("direct")).isGreaterThan(90);
		this.servers.delay("b", Duration.ZERO);
		whenAllAnswer();
	}

	@Test
	void seldomCalledServersAreAskedToo() {
		open(Duration.ofMillis(300));
		whenAllAnswer();
		this.c.freeze();
		int failures = 0;
		for (int i = 0; i < 9; i++) {
			try {
				call(Duration.ofSeconds(5));
			}
			catch (StatusRuntimeException ex) {
				failures++;
			}
		}
		assertThat(failures).as("of 9 calls one after the other").isEqualTo(1);
	}

	@Test
	void serviceConfigMaySayHowLong() {
		this.discovery.hold(this.direct);
		open((builder) -> builder.setNameResolverArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY, "")
			.defaultServiceConfig(Map.of("loadBalancingConfig",
					List.of(Map.of("discovery_least_load", Map.of("unresponsiveAfter", "0.9s"))))));
		assertThat(call()).isEqualTo("direct");
		this.channel.shutdownNow();
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> open((builder) -> builder.defaultServiceConfig(Map.of("loadBalancingConfig",
					List.of(Map.of("discovery_least_load", Map.of("unresponsiveAfter", "soon")))))))
			.withMessageContaining("unresponsiveAfter: 'soon' (expected: seconds, such as 1.5s)");
	}

	private static ServiceInstance at(TcpProxy proxy) {
		return ServiceInstance.of("echo", "127.0.0.1", proxy.port());
	}

	private void open(Duration unresponsiveAfter) {
		open((builder) -> builder.setNameResolverArg(DiscoveryNameResolverProvider.BALANCING,
				ServiceSettings.same(BalancingSettings.builder().unresponsiveAfter(unresponsiveAfter).build())));
	}

	private void open(Consumer<NettyChannelBuilder> customizer) {
		NettyChannelBuilder builder = NettyChannelBuilder.forTarget("discovery:///echo")
			.usePlaintext()
			.setNameResolverArg(DiscoveryNameResolverProvider.REGISTRIES, Registries.only(this.discovery));
		customizer.accept(builder);
		this.channel = builder.build();
	}

	private String call() {
		return call(Duration.ofSeconds(30));
	}

	private String call(Duration deadline) {
		return EchoGrpc.newBlockingStub(this.channel)
			.withWaitForReady()
			.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
			.say(SayRequest.getDefaultInstance())
			.getText();
	}

	private void whenAllAnswer() {
		Conditions.await(Duration.ofSeconds(60))
			.until(() -> Stream.generate(this::call).limit(6).collect(Collectors.toSet()).size() == 3);
	}

	private static void getsCalls(SteadyCaller caller, String... names) {
		Map<String, Long> before = caller.answeredBy();
		Conditions.await()
			.until(() -> Set.of(names)
				.stream()
				.allMatch((name) -> caller.answeredBy().getOrDefault(name, 0L) > before.getOrDefault(name, 0L) + 5));
	}

	private static void nothingFails(SteadyCaller caller, Duration time) {
		Conditions.await(Duration.ofSeconds(30)).until(() -> !caller.failures().isEmpty());
		Conditions.await(Duration.ofSeconds(30)).until(() -> {
			List<SteadyCaller.Outcome> failures = caller.failures();
			return System.nanoTime() - failures.get(failures.size() - 1).ended() > time.toNanos();
		});
	}

}
