package io.github.grpcdiscovery.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

import io.github.grpcdiscovery.autoconfigure.server.RunningServer;
import io.github.grpcdiscovery.autoconfigure.server.ServerRequirement;
import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayRequest;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.FreePorts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * When the server of an application is registered, and what it says if it cannot be.
 */
abstract class GrpcServerContract extends GrpcStackFixture {

	GrpcServerContract(GrpcStack stack) {
		super(stack);
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

}
