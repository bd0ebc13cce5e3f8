package io.github.grpcdiscovery.autoconfigure;

import io.grpc.StatusRuntimeException;
import net.devh.boot.grpc.client.inject.GrpcClient;
import org.junit.jupiter.api.Test;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ConfigurableApplicationContext;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.autoconfigure.NetDevhApplication.FieldClient;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoBlockingStub;
import io.github.grpcdiscovery.test.echo.SayRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

class NetDevhApplicationTests {

	private final FakeRegistry registry = new FakeRegistry("fake");

	@Test
	void registersTheRealPortAndTakesItOutBeforeTheRegistryIsClosed() {
		try (ConfigurableApplicationContext server = server("one")) {
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
	void callsAreBalancedOverAllServersAndFollowThem() {
		try (ConfigurableApplicationContext one = server("one");
				ConfigurableApplicationContext client = client(FieldClient.class)) {
			assertThat(one.isActive()).isTrue();
			assertThat(NetDevhApplication.answers(client)).containsExactly("one");
			try (ConfigurableApplicationContext two = server("two")) {
				assertThat(two.isActive()).isTrue();
				assertThat(NetDevhApplication.answers(client)).containsExactly("one", "two");
			}
			assertThat(NetDevhApplication.answers(client)).containsExactly("one");
		}
	}

	@Test
	void channelsCanBeInjectedIntoConstructorsAndSetters() {
		try (ConfigurableApplicationContext server = server("one");
				ConfigurableApplicationContext constructor = client(ConstructorClient.class);
				ConfigurableApplicationContext setter = client(SetterClient.class)) {
			assertThat(server.isActive()).isTrue();
			assertThat(NetDevhApplication.answers(constructor.getBean(ConstructorClient.class).echo))
				.containsExactly("one");
			assertThat(NetDevhApplication.answers(setter.getBean(SetterClient.class).echo)).containsExactly("one");
		}
	}

	@Test
	void channelsAreClosedBeforeTheRegistry() {
		try (ConfigurableApplicationContext client = client(ConstructorClient.class)) {
			EchoBlockingStub echo = client.getBean(ConstructorClient.class).echo;
			assertThatExceptionOfType(StatusRuntimeException.class)
				.isThrownBy(() -> echo.say(SayRequest.getDefaultInstance()))
				.withMessage("UNAVAILABLE: no instances of 'echo' in fake (memory)");
		}
		assertThat(this.registry.events()).containsExactly("watch echo", "unwatch echo", "close fake");
	}

	@Test
	void configuredAddressWins() {
		try (ConfigurableApplicationContext one = server("one"); ConfigurableApplicationContext two = server("two")) {
			assertThat(one.isActive()).isEqualTo(two.isActive()).isTrue();
			ServiceInstance first = this.registry.registered().get(0);
			try (ConfigurableApplicationContext client = client(FieldClient.class,
					"--grpc.client.echo.address=static://" + first.address())) {
				assertThat(NetDevhApplication.answers(client)).containsExactly("one");
			}
		}
	}

	@Test
	void defaultSchemeOfTheUserWins() {
		try (ConfigurableApplicationContext client = client(FieldClient.class, "--grpc.default-scheme=dns")) {
			assertThat(client.isActive()).isTrue();
		}
		assertThat(this.registry.events()).containsExactly("close fake");
	}

	@Test
	void addressOfAnotherRegistryThanThoseConfiguredIsAnErrorWhenTheChannelIsMade() {
		assertThat(failure("--grpc.client.echo.address=etcd:///echo")).startsWith("A gRPC channel cannot be made: "
				+ "target: 'etcd:///echo' (expected: a registry that is configured: fake; set grpc.discovery.etcd.* for this one)")
			.contains("Action: Correct grpc.client.NAME.address");
	}

	@Test
	void addressWithoutANameIsAnErrorWhenTheChannelIsMade() {
		assertThat(failure("--grpc.client.echo.address=discovery:///"))
			.startsWith("A gRPC channel cannot be made: "
					+ "target: 'discovery:///' (expected: the name of a service after discovery:///)")
			.contains("Action: Correct grpc.client.NAME.address");
	}

	private String failure(String argument) {
		return FailureAnalyses.of(catchThrowable(() -> client(FieldClient.class, argument)));
	}

	@Test
	void missingServiceNameIsAnErrorWhenTheServerStarts() {
		assertThat(FailureAnalyses.of(catchThrowable(() -> server("one", "--spring.application.name="))))
			.startsWith("The gRPC server has no service name to be registered under.");
		assertThat(this.registry.events()).containsExactly("close fake");
	}

	@Test
	void lazyInitializationChangesNothing() {
		try (ConfigurableApplicationContext server = server("one", "--spring.main.lazy-initialization=true");
				ConfigurableApplicationContext client = client(FieldClient.class,
						"--spring.main.lazy-initialization=true")) {
			assertThat(server.isActive()).isTrue();
			assertThat(NetDevhApplication.answers(client)).containsExactly("one");
		}
	}

	@Test
	void leavesWhileTheApplicationRefusesTrafficAndComesBack() {
		try (ConfigurableApplicationContext server = server("one")) {
			assertThat(this.registry.registered()).hasSize(1);
			AvailabilityChangeEvent.publish(server, ReadinessState.REFUSING_TRAFFIC);
			assertThat(this.registry.registered()).isEmpty();
			AvailabilityChangeEvent.publish(server, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(this.registry.registered()).hasSize(1);
		}
	}

	@Test
	void registersAgainWhenTheContextIsStoppedAndStarted() {
		try (ConfigurableApplicationContext server = server("one")) {
			server.stop();
			assertThat(this.registry.registered()).isEmpty();
			server.start();
			assertThat(this.registry.registered()).hasSize(1);
		}
	}

	@Test
	void serverWithoutServicesOfItsOwnIsNotRegistered() {
		try (ConfigurableApplicationContext client = client(FieldClient.class, "--grpc.server.port=0")) {
			assertThat(client.isActive()).isTrue();
			assertThat(this.registry.registered()).isEmpty();
		}
	}

	@Test
	void inProcessServerIsNotRegistered() {
		try (ConfigurableApplicationContext server = server("one", "--grpc.server.port=-1",
				"--grpc.server.in-process-name=echo-in-process")) {
			assertThat(server.isActive()).isTrue();
			assertThat(this.registry.registered()).isEmpty();
		}
	}

	@Test
	void bothServersOfAnApplicationTogetherAreOneRegistration() {
		try (ConfigurableApplicationContext server = server("one",
				"--grpc.server.in-process-name=echo-besides-another")) {
			assertThat(server.isActive()).isTrue();
			assertThat(this.registry.registered()).hasSize(1);
		}
		assertThat(this.registry.events()).hasSize(3);
	}

	private ConfigurableApplicationContext server(String name, String... arguments) {
		return NetDevhApplication.server(name, this.registry, arguments);
	}

	private ConfigurableApplicationContext client(Class<?> client, String... arguments) {
		return NetDevhApplication.client(this.registry, client, arguments);
	}

	static class ConstructorClient {

		private final EchoBlockingStub echo;

		ConstructorClient(@GrpcClient("echo") EchoBlockingStub echo) {
			this.echo = echo;
		}

	}

	static class SetterClient {

		private EchoBlockingStub echo;

		@GrpcClient("echo")
		void setEcho(EchoBlockingStub echo) {
			this.echo = echo;
		}

	}

}
