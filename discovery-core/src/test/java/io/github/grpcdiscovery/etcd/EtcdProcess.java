package io.github.grpcdiscovery.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.Conditions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One application with a client of its own, closed at the end of a test.
 */
final class EtcdProcess implements AutoCloseable {

	final EtcdRegistry registry;

	EtcdProcess(EtcdSettings settings) {
		this(settings, EtcdFixture.WATCH);
	}

	EtcdProcess(EtcdSettings settings, WatchSettings watch) {
		this.registry = new EtcdRegistry(settings, watch, EtcdFixture.BACKOFF, DiscoveryObserver.NONE);
	}

	static EtcdProcess at(URI... endpoints) {
		return new EtcdProcess(EtcdSettings.builder(endpoints).ttl(EtcdFixture.TTL).build());
	}

	static EtcdProcess at(int port) {
		return at(URI.create("http://127.0.0.1:" + port));
	}

	Registration registered(ServiceInstance instance) {
		Registration registration = this.registry.registrar().register(instance);
		assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(60)));
		return registration;
	}

	RecordingListener watch(String service) {
		RecordingListener listener = new RecordingListener();
		this.registry.discovery().watch(service, listener);
		return listener;
	}

	RecordingListener following(String service, int instances) {
		RecordingListener listener = watch(service);
		Conditions.await(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(ports(listener)).hasSize(instances));
		return listener;
	}

	static List<Integer> ports(RecordingListener listener) {
		List<ServiceInstance> last = listener.last();
		return (last != null) ? last.stream().map(ServiceInstance::port).toList() : List.of();
	}

	static void isRegisteredAgain(Registration registration, long times) {
		Conditions.await(Duration.ofSeconds(60)).untilAsserted(() -> {
			assertThat(registration.status().state()).isEqualTo(State.REGISTERED);
			assertThat(registration.status().registrations()).isEqualTo(times);
		});
	}

	@Override
	public void close() {
		this.registry.close();
	}

}
