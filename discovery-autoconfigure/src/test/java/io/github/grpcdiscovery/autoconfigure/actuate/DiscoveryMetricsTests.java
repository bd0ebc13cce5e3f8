package io.github.grpcdiscovery.autoconfigure.actuate;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.DiscoveryObserver.Purpose;
import io.github.grpcdiscovery.RegistrationStatus;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;

import static org.assertj.core.api.Assertions.assertThat;

class DiscoveryMetricsTests {

	private static final ServiceInstance INSTANCE = ServiceInstance.of("echo", "10.0.0.1", 1);

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final DiscoveryMetrics metrics = new DiscoveryMetrics();

	@Test
	void instancesOfAServiceAreAGaugeAsLongAsItIsFollowed() {
		this.metrics.bindTo(this.meters);
		this.metrics.instancesChanged("etcd", "echo", 3);
		this.metrics.instancesChanged("etcd", "echo", 2);
		this.metrics.instancesChanged("etcd", "tags", 7);
		assertThat(gauge("grpc.discovery.instances", "echo")).isEqualTo(2);
		assertThat(gauge("grpc.discovery.instances", "tags")).isEqualTo(7);
		this.metrics.watchEnded("etcd", "echo");
		assertThat(this.meters.find("grpc.discovery.instances").tag("service", "echo").gauge()).isNull();
		assertThat(gauge("grpc.discovery.instances", "tags")).isEqualTo(7);
	}

	@Test
	void ownRegistrationIsAGaugeUntilItHasLeft() {
		this.metrics.bindTo(this.meters);
		change(State.REGISTERING);
		assertThat(gauge("grpc.discovery.registered", "echo")).isZero();
		change(State.REGISTERED);
		assertThat(gauge("grpc.discovery.registered", "echo")).isOne();
		assertThat(this.meters.get("grpc.discovery.registered").gauge().getId().getTags()).extracting(Tag::getKey)
			.containsExactly("registry", "service");
		change(State.RETRYING);
		assertThat(gauge("grpc.discovery.registered", "echo")).isZero();
		change(State.DEREGISTERED);
		assertThat(this.meters.find("grpc.discovery.registered").gauge()).isNull();
	}

	@Test
	void lostContactsAndSkippedEntriesAreCounted() {
		this.metrics.bindTo(this.meters);
		this.metrics.contactLost("etcd", "echo", Purpose.WATCH);
		this.metrics.contactLost("etcd", "echo", Purpose.WATCH);
		this.metrics.contactLost("etcd", "echo", Purpose.REGISTRATION);
		this.metrics.entrySkipped("etcd", "echo");
		assertThat(this.meters.get("grpc.discovery.reconnects").tag("purpose", "watch").functionCounter().count())
			.isEqualTo(2);
		assertThat(
				this.meters.get("grpc.discovery.reconnects").tag("purpose", "registration").functionCounter().count())
			.isEqualTo(1);
		assertThat(this.meters.get("grpc.discovery.entries.skipped").functionCounter().count()).isEqualTo(1);
	}

	@Test
	void whatHappenedBeforeTheyWereBoundCounts() {
		this.metrics.instancesChanged("etcd", "echo", 3);
		this.metrics.entrySkipped("etcd", "echo");
		this.metrics.bindTo(this.meters);
		SimpleMeterRegistry another = new SimpleMeterRegistry();
		this.metrics.bindTo(another);
		assertThat(gauge("grpc.discovery.instances", "echo")).isEqualTo(3);
		assertThat(another.get("grpc.discovery.entries.skipped").functionCounter().count()).isEqualTo(1);
	}

	@Test
	void whatIsStaleOrUnconfirmedIsAGauge() {
		this.metrics.bindTo(this.meters);
		this.metrics.instancesChanged("etcd", "echo", 3);
		assertThat(gauge("grpc.discovery.stale", "echo")).isZero();
		assertThat(gauge("grpc.discovery.stale.age", "echo")).isZero();
		assertThat(gauge("grpc.discovery.instances.unconfirmed", "echo")).isZero();
		this.metrics.freshnessChanged("etcd", "echo", Instant.now().minusSeconds(90));
		this.metrics.instancesRetained("etcd", "echo", 2);
		assertThat(gauge("grpc.discovery.stale", "echo")).isOne();
		assertThat(this.meters.get("grpc.discovery.stale.age").timeGauge().value(TimeUnit.SECONDS)).isBetween(89.0,
				600.0);
		assertThat(gauge("grpc.discovery.instances.unconfirmed", "echo")).isEqualTo(2);
		this.metrics.freshnessChanged("etcd", "echo", null);
		assertThat(gauge("grpc.discovery.stale", "echo")).isZero();
		assertThat(gauge("grpc.discovery.stale.age", "echo")).isZero();
		this.metrics.watchEnded("etcd", "echo");
		assertThat(this.meters.getMeters()).isEmpty();
	}

	private void change(State state) {
		this.metrics.registrationChanged(RegistrationStatus.builder("etcd", INSTANCE, state, Instant.EPOCH).build());
	}

	private double gauge(String name, String service) {
		return this.meters.get(name).tags("registry", "etcd", "service", service).gauge().value();
	}

}
