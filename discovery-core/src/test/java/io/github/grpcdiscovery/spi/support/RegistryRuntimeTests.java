package io.github.grpcdiscovery.spi.support;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.spi.Attempt;
import io.github.grpcdiscovery.spi.AttemptContext;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.InstancesSink;
import io.github.grpcdiscovery.spi.Listing;
import io.github.grpcdiscovery.spi.RegistrationProtocol;
import io.github.grpcdiscovery.spi.WatchAttempt;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.Conditions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * A registry of one's own, which keeps everything in memory.
 */
class RegistryRuntimeTests {

	private final Set<ServiceInstance> held = ConcurrentHashMap.newKeySet();

	private final Set<InstancesSink> sinks = ConcurrentHashMap.newKeySet();

	private final EventLoop loop = EventLoop.start("memory");

	private final RegistryRuntime runtime = RegistryRuntime
		.builder("memory", this.loop, (service, sink) -> new Watch(service, sink))
		.description("memory of this test")
		.settings(WatchSettings.DEFAULT)
		.observer(DiscoveryObserver.NONE)
		.build();

	@AfterEach
	void close() {
		this.runtime.close();
		this.loop.close();
	}

	@Test
	void registersAndFollowsByWhatTheAuthorWrites() {
		ServiceInstance instance = ServiceInstance.of("tag-service", "127.0.0.1", 9001);
		RecordingListener listener = new RecordingListener();
		try (Subscription subscription = this.runtime.discovery().watch("tag-service", listener)) {
			Conditions.eventually(() -> assertThat(listener.last()).isEmpty());
			Registration registration = this.runtime.register(instance, new Protocol(instance));
			Conditions.eventually(() -> assertThat(listener.last()).containsExactly(instance));
			assertThat(registration.deregister(Duration.ofSeconds(10)))
				.succeedsWithin(Conditions.scaled(Duration.ofSeconds(20)));
			assertThat(this.held).isEmpty();
		}
		listener.assertPromisesKept();
	}

	@Test
	void closedRegistryHasDeregisteredAllAndRegistersNothing() {
		ServiceInstance instance = ServiceInstance.of("tag-service", "127.0.0.1", 9001);
		this.runtime.register(instance, new Protocol(instance));
		Conditions.eventually(() -> assertThat(this.held).containsExactly(instance));
		this.runtime.close();
		assertThat(this.held).isEmpty();
		assertThatIllegalStateException().isThrownBy(() -> this.runtime.register(instance, new Protocol(instance)))
			.withMessage("memory of this test is closed (expected: register '127.0.0.1:9001' before)");
	}

	private void tell() {
		this.sinks.forEach((sink) -> sink.changed(() -> Listing.of(Set.copyOf(this.held))));
	}

	private final class Watch implements WatchAttempt {

		private final String service;

		private final InstancesSink sink;

		Watch(String service, InstancesSink sink) {
			this.service = service;
			this.sink = sink;
		}

		@Override
		public void begin(AttemptContext context) {
			assertThat(this.service).isEqualTo("tag-service");
			RegistryRuntimeTests.this.sinks.add(this.sink);
			this.sink.changed(() -> Listing.of(Set.copyOf(RegistryRuntimeTests.this.held)));
			context.active();
		}

		@Override
		public void refresh() {
			this.sink.refreshed(() -> Listing.of(Set.copyOf(RegistryRuntimeTests.this.held)));
		}

		@Override
		public void end() {
			RegistryRuntimeTests.this.sinks.remove(this.sink);
		}

	}

	private final class Protocol implements RegistrationProtocol {

		private final ServiceInstance instance;

		Protocol(ServiceInstance instance) {
			this.instance = instance;
		}

		@Override
		public Attempt attempt() {
			return new Attempt() {

				@Override
				public void begin(AttemptContext context) {
					RegistryRuntimeTests.this.held.add(Protocol.this.instance);
					tell();
					context.active();
				}

				@Override
				public void end() {
					// holds nothing
				}

			};
		}

		@Override
		public CompletionStage<?> deregister() {
			RegistryRuntimeTests.this.held.remove(this.instance);
			tell();
			return CompletableFuture.completedFuture(null);
		}

	}

}
