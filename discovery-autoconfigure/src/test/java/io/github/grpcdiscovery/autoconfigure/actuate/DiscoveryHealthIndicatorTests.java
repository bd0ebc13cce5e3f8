package io.github.grpcdiscovery.autoconfigure.actuate;

import java.time.Instant;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import io.github.grpcdiscovery.RegistrationStatus;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.RegistrationStatusBuilder;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.autoconfigure.ConfiguredRegistries;
import io.github.grpcdiscovery.autoconfigure.server.OwnRegistration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class DiscoveryHealthIndicatorTests {

	private static final ServiceInstance INSTANCE = ServiceInstance.of("echo", "10.0.0.1", 1);

	private final Registry registry = mock(Registry.class);

	private final ConfiguredRegistries registries = mock(ConfiguredRegistries.class);

	private final OwnRegistrations registrations = mock(OwnRegistrations.class);

	private final DiscoveryHealthIndicator indicator = new DiscoveryHealthIndicator(this.registries,
			this.registrations);

	DiscoveryHealthIndicatorTests() {
		given(this.registries.all()).willReturn(List.of(this.registry));
		given(this.registry.description()).willReturn("etcd (http://h:2379)");
	}

	@Test
	void isUpWithNothingToDo() {
		assertThat(this.indicator.health().getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void isUpWhileRegisteredAndFollowingAndShowsBoth() {
		registered(State.REGISTERED, null);
		following(true, null);
		Health health = this.indicator.health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).hasToString("{registries=[etcd (http://h:2379)], "
				+ "registrations=[{registry=etcd, service=echo, instance=10.0.0.1:1, state=REGISTERED}], "
				+ "services=[{registry=etcd, service=echo, connected=true, instances=1}]}");
	}

	@Test
	void isUpWhileTheFirstRegistrationIsUnderWay() {
		registered(State.REGISTERING, null);
		following(false, null);
		assertThat(this.indicator.health().getStatus()).isEqualTo(Status.UP);
	}

	@ParameterizedTest
	@EnumSource(value = State.class, names = "REGISTERED", mode = Mode.EXCLUDE)
	void isDegradedWhileItsRegistrationIsNotThere(State state) {
		registered(state, "connection refused");
		Health health = this.indicator.health();
		assertThat(health.getStatus().getCode()).isEqualTo("DEGRADED");
		assertThat(health.getDetails().toString()).contains("error=connection refused");
	}

	@Test
	void isDegradedWhileTheRegistryDoesNotLetItBeCalled() {
		registered(RegistrationStatus.builder("consul", INSTANCE, State.REGISTERED, Instant.EPOCH)
			.unhealthy("critical by the check 'gRPC health'"));
		Health health = this.indicator.health();
		assertThat(health.getStatus().getCode()).isEqualTo("DEGRADED");
		assertThat(health.getDetails().toString()).contains("unhealthy=critical by the check 'gRPC health'");
	}

	@Test
	void isDegradedWhileAServiceIsNotFollowed() {
		following(false, "connection refused");
		assertThat(this.indicator.health().getStatus().getCode()).isEqualTo("DEGRADED");
	}

	@Test
	void doesNotTakeTheApplicationDownWithTheRegistry() {
		following(false, "connection refused");
		Status degraded = this.indicator.health().getStatus();
		assertThat(StatusAggregator.getDefault().getAggregateStatus(Set.of(Status.UP, degraded))).isEqualTo(Status.UP);
	}

	private void registered(State state, String error) {
		registered(
				RegistrationStatus.builder("etcd", INSTANCE, state, Instant.EPOCH).registrations(1).lastError(error));
	}

	private void registered(RegistrationStatusBuilder status) {
		given(this.registrations.get()).willReturn(List.of(new OwnRegistration(status.build(), "why")));
	}

	private void following(boolean connected, String error) {
		given(this.registry.watches()).willReturn(List.of(WatchStatus.builder("etcd", "echo")
			.connected(connected)
			.subscriptions(1)
			.instances(List.of(INSTANCE))
			.updated(Instant.EPOCH)
			.lastError(error)
			.build()));
	}

}
