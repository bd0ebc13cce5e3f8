package io.github.grpcdiscovery.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.autoconfigure.GrpcStack.Application;
import io.github.grpcdiscovery.autoconfigure.GrpcStack.FieldClient;
import io.github.grpcdiscovery.autoconfigure.server.RunningServer;
import io.github.grpcdiscovery.autoconfigure.server.ServerRequirement;
import io.github.grpcdiscovery.spring.GrpcClient;
import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoBlockingStub;
import io.github.grpcdiscovery.test.echo.SayReply;
import io.github.grpcdiscovery.test.echo.SayRequest;
import io.github.grpcdiscovery.testsupport.CertificateFiles;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.FreePorts;
import io.github.grpcdiscovery.testsupport.TcpProxy;
import io.github.grpcdiscovery.testsupport.TestCertificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What applications do on every gRPC stack, with the same properties.
 */
@ExtendWith(OutputCaptureExtension.class)
abstract class GrpcStackContract {

	final FakeRegistry registry = new FakeRegistry("fake");

	final GrpcStack stack;

	GrpcStackContract(GrpcStack stack) {
		this.stack = stack;
	}

	@Test
	void registersTheRealPortAndTakesItOutBeforeTheRegistryIsClosed() {
		try (ConfigurableApplicationContext server = server("one").run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(this.registry.registered()).singleElement().satisfies((instance) -> {
				assertThat(instance.service()).isEqualTo("echo");
				assertThat(instance.host()).isEqualTo("127.0.0.1");
				assertThat(instance.port()).isBetween(1, 65535).isNotEqualTo(9090);
			});
		}
		assertThat(this.registry.events()).hasSize(3)
			.satisfies((events) -> assertThat(events.get(0)).startsWith("register 127.0.0.1:"))
			.satisfies((events) -> assertThat(events.get(1)).startsWith("deregister 127.0.0.1:"))
			.endsWith("close fake");
	}

	@Test
	void isNotRegisteredBeforeTheApplicationIsReady() {
		try (ConfigurableApplicationContext server = server("one")
			.bean(ApplicationRunner.class, (arguments) -> this.registry.record("runner"))
			.run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(this.registry.events()).hasSize(2).startsWith("runner");
		}
	}

	@Test
	void leavesBeforeTheServerStopsAndSaysSoToHealthChecks() {
		try (ConfigurableApplicationContext server = server("one").run();
				Direct direct = new Direct(this.registry.registered().get(0))) {
			assertThat(direct.health()).isEqualTo(ServingStatus.SERVING);
			this.registry.onDeregister(() -> {
				this.registry.record(direct.health().name());
				this.registry.record(direct.echo().say(SayRequest.getDefaultInstance()).getText());
			});
			server.close();
		}
		assertThat(this.registry.events()).hasSize(5)
			.satisfies((events) -> assertThat(events.get(1)).startsWith("deregister "))
			.endsWith(ServingStatus.NOT_SERVING.name(), "one", "close fake");
	}

	@Test
	void callsThatRunWhenItLeavesAreFinished() throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch finish = new CountDownLatch(1);
		try (ConfigurableApplicationContext server = this.stack.server(new SlowService(called, finish))
			.on(this.registry)
			.run(); Direct direct = new Direct(this.registry.registered().get(0))) {
			CompletableFuture<String> reply = CompletableFuture
				.supplyAsync(() -> direct.echo().say(SayRequest.getDefaultInstance()).getText());
			assertThat(called.await(60, TimeUnit.SECONDS)).isTrue();
			this.registry.onDeregister(finish::countDown);
			server.close();
			assertThat(reply.get(60, TimeUnit.SECONDS)).isEqualTo("slow");
		}
	}

	@Test
	void callsAreBalancedOverAllServersAndFollowThem() {
		try (ConfigurableApplicationContext one = server("one").run();
				ConfigurableApplicationContext two = server("two").run();
				ConfigurableApplicationContext client = client(FieldClient.class).run()) {
			assertThat(one.isActive()).isEqualTo(two.isActive()).isTrue();
			Conditions.eventually(() -> assertThat(GrpcStack.answers(client)).containsExactly("one", "two"));
			try (ConfigurableApplicationContext three = server("three").run()) {
				assertThat(three.isActive()).isTrue();
				// it is called when it is connected
				Conditions
					.eventually(() -> assertThat(GrpcStack.answers(client)).containsExactly("one", "three", "two"));
			}
			Conditions.eventually(() -> assertThat(GrpcStack.answers(client)).containsExactly("one", "two"));
		}
	}

	@Test
	void rollingRestartUnderLoadLosesNoCall() {
		List<ConfigurableApplicationContext> servers = new ArrayList<>();
		try (ConfigurableApplicationContext client = client(FieldClient.class).run()) {
			for (String name : List.of("one", "two", "three")) {
				servers.add(server(name).with("grpc.discovery.registration.drain=500ms").run());
			}
			try (Load load = new Load(client.getBean(FieldClient.class).echo)) {
				for (String name : List.of("four", "five", "six")) {
					servers.add(server(name).with("grpc.discovery.registration.drain=500ms").run());
					load.awaitAnswerOf(name);
					servers.remove(0).close();
				}
				assertThat(load.failures).isEmpty();
			}
			assertThat(GrpcStack.answers(client)).containsExactly("five", "four", "six");
		}
		finally {
			servers.forEach(ConfigurableApplicationContext::close);
		}
	}

	@Test
	void channelsCanBeInjectedIntoConstructorsAndMethods() {
		try (ConfigurableApplicationContext server = server("one").run();
				ConfigurableApplicationContext constructor = client(ConstructorClient.class).run();
				ConfigurableApplicationContext method = client(MethodClient.class).run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(GrpcStack.answers(constructor.getBean(ConstructorClient.class).echo)).containsExactly("one");
			assertThat(GrpcStack.answers(method.getBean(MethodClient.class).echo)).containsExactly("one");
		}
	}

	@Test
	void channelsAreConnectedWhenTheApplicationIsReady() {
		// which waits for a warm-up of less than a second, unless told
		assertThat(connectionsOfAClientThatMakesNoCall("grpc.discovery.client.warm-up=60s")).isEqualTo(1);
	}

	@Test
	void channelsConnectWhenTheyAreCalledIfThatIsWished() {
		assertThat(connectionsOfAClientThatMakesNoCall("grpc.discovery.client.warm-up=0")).isZero();
	}

	@Test
	void channelThatARegistryDoesNotTellOfIsLeftAlone() {
		try (ConfigurableApplicationContext server = server("one").run();
				TcpProxy proxy = TcpProxy.to(this.registry.registered().get(0).port());
				ConfigurableApplicationContext client = client(FieldClient.class)
					.with(this.stack.target("echo", "static://127.0.0.1:" + proxy.port()))
					.run()) {
			assertThat(server.isActive()).isEqualTo(client.isActive()).isTrue();
			assertThat(proxy.connections()).isZero();
		}
	}

	@Test
	void serverThatDoesNotAnswerDoesNotFailTheStart() {
		try (TcpProxy proxy = TcpProxy.to(1)) {
			this.registry.register(ServiceInstance.of("echo", "127.0.0.1", proxy.port()));
			try (ConfigurableApplicationContext client = client(FieldClient.class)
				.with("grpc.discovery.client.warm-up=500ms")
				.run()) {
				assertThat(client.isActive()).isTrue();
			}
		}
	}

	@Test
	void timeToConnectIsLimited() {
		assertThat(FailureAnalyses
			.of(catchThrowable(() -> client(FieldClient.class).with("grpc.discovery.client.warm-up=61s").run())))
			.contains("grpc.discovery.client.warm-up", "(expected: 0s to 1m)");
	}

	private int connectionsOfAClientThatMakesNoCall(String... settings) {
		FakeRegistry behind = new FakeRegistry("behind");
		try (ConfigurableApplicationContext server = this.stack.server("one").on(behind).run();
				TcpProxy proxy = TcpProxy.to(behind.registered().get(0).port())) {
			assertThat(server.isActive()).isTrue();
			this.registry.register(ServiceInstance.of("echo", "127.0.0.1", proxy.port()));
			try (ConfigurableApplicationContext client = client(FieldClient.class).with(settings).run()) {
				assertThat(client.isActive()).isTrue();
				return proxy.connections();
			}
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void serverThatNobodyReachesWhereItIsRegisteredSaysSo(CapturedOutput output) {
		int free = FreePorts.next();
		try (ConfigurableApplicationContext server = server("one").with("grpc.discovery.registration.port=" + free)
			.run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(this.registry.registered()).hasSize(1);
			Conditions.eventually(() -> assertThat(output).contains("but not at 127.0.0.1:" + free));
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void serverThatIsReachedSaysNothingAndIsShownToTheRegistryThatNeedsSomethingOfIt(CapturedOutput output) {
		List<RunningServer> seen = new CopyOnWriteArrayList<>();
		try (ConfigurableApplicationContext server = server("one")
			.bean(ServerRequirement.class, new Requirement("fake", seen))
			.run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(seen).singleElement()
				.satisfies((running) -> assertThat(running.services()).contains("grpc.health.v1.Health",
						EchoGrpc.SERVICE_NAME));
			assertThat(output).contains("needs more").doesNotContain("but not at");
		}
	}

	@Test
	void registryThatIsNotRegisteredInNeedsNothing() {
		try (ConfigurableApplicationContext server = server("one")
			.bean(ServerRequirement.class, new Requirement("other", List.of()))
			.run()) {
			assertThat(server.isActive()).isTrue();
		}
	}

	@Test
	void channelsAreClosedBeforeTheRegistry() {
		try (ConfigurableApplicationContext client = client(ConstructorClient.class).run()) {
			EchoBlockingStub echo = client.getBean(ConstructorClient.class).echo;
			assertThatExceptionOfType(StatusRuntimeException.class)
				.isThrownBy(() -> echo.say(SayRequest.getDefaultInstance()))
				.withMessage("UNAVAILABLE: no instances of 'echo' in fake (memory)");
		}
		assertThat(this.registry.events()).containsExactly("watch echo", "unwatch echo", "close fake");
	}

	@Test
	void callThatWaitsForReadyWaitsForTheFirstServer() throws Exception {
		try (ConfigurableApplicationContext client = client(FieldClient.class).run()) {
			EchoBlockingStub echo = client.getBean(FieldClient.class).echo.withWaitForReady();
			CompletableFuture<String> reply = CompletableFuture
				.supplyAsync(() -> echo.say(SayRequest.getDefaultInstance()).getText());
			try (ConfigurableApplicationContext server = server("one").run()) {
				assertThat(server.isActive()).isTrue();
				assertThat(reply.get(60, TimeUnit.SECONDS)).isEqualTo("one");
			}
		}
	}

	@Test
	void callOfAnIdempotentMethodIsMadeAgainIfItsServersConnectionBreaks() {
		assertThat(lookAtAServerWhoseConnectionBreaks()).isEqualTo("2");
	}

	@Test
	void callIsMadeOnceIfThatIsWished() {
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> lookAtAServerWhoseConnectionBreaks("grpc.discovery.client.retry-idempotent-calls=false"))
			.withMessageStartingWith("UNAVAILABLE");
	}

	private String lookAtAServerWhoseConnectionBreaks(String... settings) {
		FakeRegistry behind = new FakeRegistry("behind");
		CutService service = new CutService();
		try (ConfigurableApplicationContext server = this.stack.server(service).on(behind).run();
				TcpProxy proxy = TcpProxy.to(behind.registered().get(0).port());
				ConfigurableApplicationContext client = client(FieldClient.class).with(settings).run()) {
			assertThat(server.isActive()).isTrue();
			service.first(proxy::cut);
			this.registry.register(ServiceInstance.of("echo", "127.0.0.1", proxy.port()));
			return client.getBean(FieldClient.class).echo.withWaitForReady()
				.withDeadlineAfter(30, TimeUnit.SECONDS)
				.look(SayRequest.getDefaultInstance())
				.getText();
		}
	}

	@Test
	void configuredTargetWins() {
		try (ConfigurableApplicationContext one = server("one").run();
				ConfigurableApplicationContext two = server("two").run()) {
			assertThat(one.isActive()).isEqualTo(two.isActive()).isTrue();
			String first = "static://" + this.registry.registered().get(0).address();
			try (ConfigurableApplicationContext client = client(FieldClient.class)
				.with(this.stack.target("echo", first))
				.run()) {
				assertThat(GrpcStack.answers(client)).containsExactly("one");
			}
		}
	}

	@Test
	void nameOfAChannelMayDifferFromThatOfTheService() {
		try (ConfigurableApplicationContext server = server("one").with("spring.application.name=echo-of-another-name")
			.run();
				ConfigurableApplicationContext client = client(FieldClient.class)
					.with(this.stack.target("echo", "discovery:///echo-of-another-name"))
					.run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(GrpcStack.answers(client)).containsExactly("one");
		}
	}

	@Test
	void policyOfTheUserWins() {
		try (ConfigurableApplicationContext one = server("one").run();
				ConfigurableApplicationContext two = server("two").run();
				ConfigurableApplicationContext three = server("three").run();
				ConfigurableApplicationContext client = client(FieldClient.class)
					.with(this.stack.policy("echo", "pick_first"))
					.run()) {
			assertThat(List.of(one, two, three)).allMatch(ConfigurableApplicationContext::isActive);
			assertThat(GrpcStack.answers(client)).hasSize(1);
		}
	}

	@Test
	void serviceConfigOfTheUserWins() {
		try (ConfigurableApplicationContext one = server("one").run();
				ConfigurableApplicationContext two = server("two").run();
				ConfigurableApplicationContext three = server("three").run();
				ConfigurableApplicationContext client = withServiceConfig(client(FieldClient.class)).run()) {
			assertThat(List.of(one, two, three)).allMatch(ConfigurableApplicationContext::isActive);
			assertThat(GrpcStack.answers(client)).hasSize(1);
		}
	}

	/**
	 * Gives the channel {@code echo} a service config with {@code pick_first}, in the way
	 * of the stack.
	 * @param client the application
	 * @return the same
	 */
	abstract Application withServiceConfig(Application client);

	@Test
	void targetInAnotherRegistryThanThoseConfiguredIsAnErrorWhenTheChannelIsMade() {
		assertThat(failure("etcd:///echo")).startsWith("A gRPC channel cannot be made: "
				+ "target: 'etcd:///echo' (expected: a registry that is configured: fake; set grpc.discovery.etcd.* for this one)")
			.contains("Action: Correct ")
			.contains(this.stack.target("NAME", "").replace("=", ""));
	}

	@Test
	void targetWithoutANameIsAnErrorWhenTheChannelIsMade() {
		assertThat(failure("discovery:///")).startsWith("A gRPC channel cannot be made: "
				+ "target: 'discovery:///' (expected: the name of a service after discovery:///)");
	}

	private String failure(String target) {
		return FailureAnalyses
			.of(catchThrowable(() -> client(FieldClient.class).with(this.stack.target("echo", target)).run()));
	}

	@Test
	void missingServiceNameIsAnErrorWhenTheServerStarts() {
		assertThat(FailureAnalyses.of(catchThrowable(() -> server("one").with("spring.application.name=").run())))
			.startsWith("The gRPC server has no service name to be registered under.");
		assertThat(this.registry.events()).containsExactly("close fake");
	}

	@Test
	void portThatIsInUseIsAnErrorThatSaysWhatToSet() throws IOException {
		try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			Throwable failure = catchThrowable(() -> server("one").with(this.stack.port(other.getLocalPort())).run());
			assertThat(FailureAnalyses.of(failure)).startsWith("The gRPC server did not start. ")
				.contains("127.0.0.1:" + other.getLocalPort())
				.contains("Action: Stop what listens there, or set ");
		}
	}

	@Test
	void channelWithTlsToAServerWithoutSaysWhichPropertyToSet(CapturedOutput output) {
		try (ConfigurableApplicationContext server = server("one").run();
				ConfigurableApplicationContext client = client(FieldClient.class).with(this.stack.tls("echo", true))
					.run()) {
			assertThat(server.isActive()).isTrue();
			assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> say(client))
				.withMessageContaining("the channel speaks TLS, and the server does not; for plaintext, set "
						+ this.stack.tls("echo", false));
			assertThat(output).containsOnlyOnce("Calls of the channel 'echo' fail: the channel speaks TLS");
		}
	}

	@Test
	void channelWithoutTlsToAServerWithTlsSaysWhichPropertyToSet(@TempDir Path directory, CapturedOutput output)
			throws Exception {
		CertificateFiles files = TestCertificates.in(directory).server("echo", "echo");
		Server tls = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
			.useTransportSecurity(files.certificate().toFile(), files.privateKey().toFile())
			.build()
			.start();
		this.registry.register(ServiceInstance.of("echo", "127.0.0.1", tls.getPort()));
		try (ConfigurableApplicationContext client = client(FieldClient.class).run()) {
			assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> say(client))
				.withMessageContaining(
						"the server ended the connection before it sent anything; if it speaks TLS, set ")
				.withMessageContaining(this.stack.tls("echo", true));
			assertThat(output).containsOnlyOnce("Calls of the channel 'echo' fail: the server ended the connection");
		}
		finally {
			tls.shutdownNow();
		}
	}

	private static void say(ConfigurableApplicationContext client) {
		client.getBean(FieldClient.class).echo.withDeadlineAfter(30, TimeUnit.SECONDS)
			.say(SayRequest.getDefaultInstance());
	}

	@Test
	void lazyInitializationChangesNothing() {
		String lazy = "spring.main.lazy-initialization=true";
		try (ConfigurableApplicationContext server = server("one").with(lazy).run();
				ConfigurableApplicationContext client = client(FieldClient.class).with(lazy).run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(GrpcStack.answers(client)).containsExactly("one");
		}
	}

	@Test
	void leavesWhileTheApplicationRefusesTrafficAndComesBack() {
		try (ConfigurableApplicationContext server = server("one").run()) {
			assertThat(this.registry.registered()).hasSize(1);
			AvailabilityChangeEvent.publish(server, ReadinessState.REFUSING_TRAFFIC);
			assertThat(this.registry.registered()).isEmpty();
			AvailabilityChangeEvent.publish(server, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(this.registry.registered()).hasSize(1);
		}
	}

	@Test
	void childContextThatIsReadyOrClosesChangesNothing() {
		try (ConfigurableApplicationContext server = server("one").context(
				(parent) -> parent.registerBean(ApplicationRunner.class, () -> (arguments) -> readyAndClosed(parent)))
			.run()) {
			assertThat(this.registry.events()).hasSize(2).startsWith("ready and closed");
			readyAndClosed(server);
			assertThat(this.registry.registered()).hasSize(1);
		}
	}

	private void readyAndClosed(ConfigurableApplicationContext parent) {
		try (GenericApplicationContext child = new GenericApplicationContext()) {
			child.setParent(parent);
			child.refresh();
			AvailabilityChangeEvent.publish(child, ReadinessState.ACCEPTING_TRAFFIC);
			this.registry.record("ready and closed");
			AvailabilityChangeEvent.publish(child, ReadinessState.REFUSING_TRAFFIC);
		}
	}

	@Test
	void registersAgainWhenTheContextIsStoppedAndStarted() {
		try (ConfigurableApplicationContext server = server("one").run()) {
			server.stop();
			assertThat(this.registry.registered()).isEmpty();
			server.start();
			assertThat(this.registry.registered()).hasSize(1);
			try (Direct direct = new Direct(this.registry.registered().get(0))) {
				assertThat(direct.health()).isEqualTo(ServingStatus.SERVING);
			}
		}
	}

	@Test
	void bothServersOfAnApplicationTogetherAreOneRegistration() {
		try (ConfigurableApplicationContext server = server("one").with(this.stack.inProcess("echo-besides-another"))
			.run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(this.registry.registered()).hasSize(1);
		}
		assertThat(this.registry.events()).hasSize(3);
	}

	@Test
	void switchedOffItStartsAsBefore() {
		String off = "grpc.discovery.enabled=false";
		try (ConfigurableApplicationContext one = server("one").run();
				ConfigurableApplicationContext two = server("two").with(off).run()) {
			assertThat(two.isActive()).isTrue();
			assertThat(this.registry.registered()).hasSize(1);
			String first = "static://" + this.registry.registered().get(0).address();
			try (ConfigurableApplicationContext client = client(FieldClient.class)
				.with(off, this.stack.target("echo", first))
				.run()) {
				assertThat(one.isActive()).isTrue();
				assertThat(GrpcStack.answers(client)).containsExactly("one");
			}
		}
	}

	Application server(String name) {
		return this.stack.server(name).on(this.registry);
	}

	Application client(Class<?> client) {
		return this.stack.client(client).on(this.registry);
	}

	static class ConstructorClient {

		final EchoBlockingStub echo;

		ConstructorClient(@GrpcClient("echo") EchoBlockingStub echo) {
			this.echo = echo;
		}

	}

	static class MethodClient {

		EchoBlockingStub echo;

		@GrpcClient("echo")
		void setEcho(EchoBlockingStub echo) {
			this.echo = echo;
		}

	}

	/**
	 * Plain calls, one after the other in each of a few threads, which do not wait for
	 * ready.
	 */
	private static final class Load implements AutoCloseable {

		private final Map<String, AtomicInteger> answers = new ConcurrentHashMap<>();

		private final List<RuntimeException> failures = new CopyOnWriteArrayList<>();

		private final AtomicBoolean stopped = new AtomicBoolean();

		private final List<Thread> threads;

		Load(EchoBlockingStub echo) {
			this.threads = IntStream.range(0, 3).mapToObj((i) -> new Thread(() -> run(echo), "load-" + i)).toList();
			this.threads.forEach(Thread::start);
		}

		private void run(EchoBlockingStub echo) {
			while (!this.stopped.get()) {
				try {
					String answer = echo.withDeadlineAfter(60, TimeUnit.SECONDS)
						.say(SayRequest.getDefaultInstance())
						.getText();
					this.answers.computeIfAbsent(answer, (key) -> new AtomicInteger()).incrementAndGet();
				}
				catch (StatusRuntimeException ex) {
					this.failures.add(ex);
				}
			}
		}

		void awaitAnswerOf(String name) {
			Conditions.eventually(() -> assertThat(this.answers).containsKey(name));
		}

		@Override
		public void close() {
			this.stopped.set(true);
			for (Thread thread : this.threads) {
				try {
					thread.join();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
		}

	}

	/** A client that knows its server's address. */
	private static final class Direct implements AutoCloseable {

		private final ManagedChannel channel;

		Direct(ServiceInstance instance) {
			this.channel = NettyChannelBuilder.forAddress(instance.host(), instance.port()).usePlaintext().build();
		}

		EchoBlockingStub echo() {
			return EchoGrpc.newBlockingStub(this.channel).withWaitForReady().withDeadlineAfter(30, TimeUnit.SECONDS);
		}

		ServingStatus health() {
			return HealthGrpc.newBlockingStub(this.channel)
				.withWaitForReady()
				.withDeadlineAfter(30, TimeUnit.SECONDS)
				.check(HealthCheckRequest.getDefaultInstance())
				.getStatus();
		}

		@Override
		public void close() {
			this.channel.shutdownNow();
		}

	}

	/** Lets something happen when it is first looked at, and answers how often it was. */
	static final class CutService extends EchoService {

		private final AtomicInteger looks = new AtomicInteger();

		private volatile Runnable first = () -> {
		};

		void first(Runnable first) {
			this.first = first;
		}

		@Override
		public void look(SayRequest request, StreamObserver<SayReply> replies) {
			int looks = this.looks.incrementAndGet();
			if (looks == 1) {
				this.first.run();
			}
			replies.onNext(SayReply.newBuilder().setText(String.valueOf(looks)).build());
			replies.onCompleted();
		}

	}

	/**
	 * What a registry needs of a server.
	 *
	 * @param registry its name
	 * @param seen the servers it was asked about
	 */
	private record Requirement(String registry, List<RunningServer> seen) implements ServerRequirement {

		@Override
		public String missing(RunningServer server) {
			this.seen.add(server);
			return "needs more";
		}

	}

	/** Answers when it is told to. */
	static class SlowService extends EchoService {

		private final CountDownLatch called;

		private final CountDownLatch finish;

		SlowService(CountDownLatch called, CountDownLatch finish) {
			this.called = called;
			this.finish = finish;
		}

		@Override
		public void say(SayRequest request, StreamObserver<SayReply> replies) {
			this.called.countDown();
			try {
				if (this.finish.await(60, TimeUnit.SECONDS)) {
					replies.onNext(SayReply.newBuilder().setText("slow").build());
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			replies.onCompleted();
		}

	}

}
