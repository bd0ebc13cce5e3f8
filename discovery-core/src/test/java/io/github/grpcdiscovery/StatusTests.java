package io.github.grpcdiscovery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.RegistrationStatus.State;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What operators are shown is compared by value and does not change.
 */
class StatusTests {

	private static final ServiceInstance INSTANCE = ServiceInstance.of("svc", "127.0.0.1", 1);

	private static final WatchStatus WATCH = WatchStatus.builder("etcd", "svc").build();

	private static final RegistrationStatus REGISTRATION = RegistrationStatus
		.builder("etcd", INSTANCE, State.REGISTERED, Instant.EPOCH)
		.build();

	@Test
	void nothingIsKnownOfAServiceAtFirst() {
		assertThat(WATCH.connected()).isFalse();
		assertThat(WATCH.instances()).isNull();
		assertThat(WATCH.unconfirmed()).isEmpty();
		assertThat(WATCH.lastError()).isNull();
		assertThat(WATCH.skipped()).isEmpty();
	}

	@Test
	void everyPartOfAWatchCountsAndIsCopied() {
		List<UnaryOperator<WatchStatusBuilder>> changes = List.of((status) -> status.connected(true),
				(status) -> status.subscriptions(1), (status) -> status.instances(List.of(INSTANCE)),
				(status) -> status.unconfirmed(List.of(INSTANCE)), (status) -> status.staleSince(Instant.EPOCH),
				(status) -> status.updated(Instant.EPOCH), (status) -> status.reconnects(1),
				(status) -> status.lastError("gone"), (status) -> status.unhealthy(Map.of(INSTANCE.address(), "why")),
				(status) -> status.skipped(List.of(new SkippedEntry("key", "odd", 1, Instant.EPOCH))));
		assertThat(changes).allSatisfy((change) -> {
			WatchStatus changed = change.apply(WATCH.toBuilder()).build();
			assertThat(changed).isNotEqualTo(WATCH)
				.isEqualTo(changed.toBuilder().build())
				.hasSameHashCodeAs(changed.toBuilder().build());
			assertThat(changed.toString()).isNotEqualTo(WATCH.toString());
		});
		assertThat(WatchStatus.builder("consul", "svc").build()).isNotEqualTo(WATCH);
		assertThat(WatchStatus.builder("etcd", "other").build()).isNotEqualTo(WATCH);
	}

	@Test
	void everyPartOfARegistrationCountsAndIsCopied() {
		List<UnaryOperator<RegistrationStatusBuilder>> changes = List.of((status) -> status.registrations(1),
				(status) -> status.lastError("gone"), (status) -> status.unhealthy("critical"));
		assertThat(changes).allSatisfy((change) -> {
			RegistrationStatus changed = change.apply(REGISTRATION.toBuilder()).build();
			assertThat(changed).isNotEqualTo(REGISTRATION)
				.isEqualTo(changed.toBuilder().build())
				.hasSameHashCodeAs(changed.toBuilder().build());
			assertThat(changed.toString()).isNotEqualTo(REGISTRATION.toString());
		});
		assertThat(RegistrationStatus.builder("etcd", INSTANCE, State.RETRYING, Instant.EPOCH).build())
			.isNotEqualTo(REGISTRATION);
		assertThat(RegistrationStatus.builder("etcd", INSTANCE, State.REGISTERED, Instant.MAX).build())
			.isNotEqualTo(REGISTRATION);
	}

	@Test
	void statusOfAWatchDoesNotChangeWithTheListThatItWasMadeOf() {
		List<ServiceInstance> instances = new ArrayList<>(List.of(INSTANCE));
		WatchStatus status = WatchStatus.builder("etcd", "svc").instances(instances).build();
		instances.clear();
		assertThat(status.instances()).containsExactly(INSTANCE);
	}

}
