package io.github.grpcdiscovery.resolver;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import io.grpc.ConnectivityState;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayRequest;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Calls of a service that has no instance.
 */
class EmptyListChannelTests extends DiscoveryChannelFixture {

	@Test
	void aPlainCallFailsAtOnceWhenThereIsNoInstance() {
		this.discovery.hold();
		open();
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(this::call)
			.withMessage("UNAVAILABLE: no instances of 'echo' in fake (memory)");
	}

	@Test
	void aWaitForReadyCallWaitsForTheFirstInstance() throws Exception {
		this.discovery.fail("connection refused");
		open();
		var waiting = EchoGrpc.newFutureStub(this.channel)
			.withWaitForReady()
			.withDeadlineAfter(60, TimeUnit.SECONDS)
			.say(SayRequest.getDefaultInstance());
		Conditions.await().until(() -> this.channel.getState(true) == ConnectivityState.TRANSIENT_FAILURE);
		assertThat(waiting.isDone()).isFalse();
		this.discovery.hold(this.servers.start("a"));
		assertThat(waiting.get(60, TimeUnit.SECONDS).getText()).isEqualTo("a");
	}

	@Test
	void emptyListEndsTheCallsThoughTheConnectionWorks() {
		ServiceInstance a = this.servers.start("a");
		this.discovery.hold(a);
		open();
		whenAllAnswer("a");
		this.discovery.hold();
		failsWith("no instances of 'echo' in fake (memory)");
		assertThat(this.channel.getState(false)).isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
		this.discovery.hold(a);
		assertThat(answers(10)).isEqualTo(Map.of("a", 10));
		assertThat(this.servers.connections("a")).as("it was closed, and is a new one").isEqualTo(2);
	}

	@Test
	@Proves("F39")
	void emptyListIsToldWhenItsLastConnectionIsGoneAndWhileTheDeadAddressIsTriedAgain() {
		this.discovery.hold(this.servers.start("a"));
		open();
		whenAllAnswer("a");
		this.discovery.hold();
		this.servers.stop("a");
		Conditions.await()
			.during(Duration.ofSeconds(2))
			.untilAsserted(() -> assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(this::call)
				.withMessage("UNAVAILABLE: no instances of 'echo' in fake (memory)"));
	}

	@Test
	void aPlainCallSaysWhoIsRegisteredAndNotHealthy() {
		this.discovery.hold();
		open();
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(this::call);
		Map<HostAndPort, String> unhealthy = new TreeMap<>();
		for (int port = 1; port <= 5; port++) {
			unhealthy.put(new HostAndPort("10.0.0.1", port), "critical by the check 'gRPC health' (refused)");
		}
		this.discovery.unhealthy(unhealthy);
		String critical = " is critical by the check 'gRPC health' (refused)";
		Conditions
			.eventually(() -> assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(this::call)
				.withMessage("UNAVAILABLE: no instances of 'echo' in fake (memory) are healthy, of 5 registered: "
						+ "10.0.0.1:1" + critical + "; 10.0.0.1:2" + critical + "; 10.0.0.1:3" + critical
						+ "; and 2 more"));
	}

	@Test
	void emptyListIsForgottenWhenThereIsAnInstanceAgain() {
		ServiceInstance dead = this.servers.start("a");
		this.servers.stop("a");
		this.discovery.hold(dead);
		open();
		failsWith("io exception");
		this.discovery.hold();
		failsWith("no instances");
		this.discovery.hold(dead);
		failsWith("io exception");
	}

}
