package io.github.grpcdiscovery.internal.watch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.InstancesListener;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.internal.reconnect.FakeAttempts;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.InstancesSink;
import io.github.grpcdiscovery.spi.Listing;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

/**
 * The services of one registry whose watches a test serves, fails and counts.
 */
abstract class WatchedServicesFixture {

	static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

	static final Duration CONFIRMATION = Duration.ofSeconds(30);

	static final ServiceInstance ONE = ServiceInstance.of("svc", "127.0.0.1", 1);

	static final ServiceInstance TWO = ServiceInstance.of("svc", "127.0.0.1", 2);

	final FakeScheduler scheduler = new FakeScheduler();

	DoubleSupplier random = () -> 0.5;

	final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> this.random.getAsDouble());

	final Map<String, FakeAttempts> attempts = new TreeMap<>();

	final Map<String, InstancesSink> sinks = new TreeMap<>();

	final List<String> reads = new ArrayList<>();

	final List<String> observed = new ArrayList<>();

	final Set<HostAndPort> absent = new HashSet<>(List.of(ONE.address(), TWO.address()));

	final List<RecordingListener> listeners = new ArrayList<>();

	final CapturedLog log = new CapturedLog("io.github.grpcdiscovery.internal.watch");

	final WatchedServices services = new WatchedServices(new RegistryContext("fake", "fake (http://127.0.0.1:1)",
			this.loop, new Observer(), Clock.fixed(NOW, ZoneOffset.UTC)), (service, sink) -> {
				this.sinks.put(service, sink);
				return new FakeWatchAttempt(this.attempts.computeIfAbsent(service, (key) -> new FakeAttempts()).get(),
						() -> this.reads.add(service));
			}, WatchSettings.builder().lossConfirmation(CONFIRMATION).reachability(this::check).build());

	@AfterEach
	void promisesWereKept() {
		this.log.close();
		this.listeners.forEach(RecordingListener::assertPromisesKept);
	}

	private void check(Collection<HostAndPort> addresses, Consumer<Set<HostAndPort>> answer) {
		answer.accept(addresses.stream().filter(this.absent::contains).collect(Collectors.toSet()));
	}

	RecordingListener watch(String service) {
		RecordingListener listener = new RecordingListener();
		this.listeners.add(listener);
		subscribe(service, listener);
		return listener;
	}

	Subscription subscribe(String service, InstancesListener listener) {
		Subscription subscription = this.services.watch(service, listener);
		this.scheduler.runDue();
		return subscription;
	}

	void serve(String service, ServiceInstance... instances) {
		this.loop.execute(() -> this.sinks.get(service).changed(() -> Listing.of(List.of(instances))));
		this.attempts.get(service).last().active();
		this.scheduler.runDue();
	}

	void changed(String service, ServiceInstance... instances) {
		this.loop.execute(() -> this.sinks.get(service).changed(() -> Listing.of(List.of(instances))));
		this.scheduler.runDue();
	}

	void refreshed(String service, ServiceInstance... instances) {
		this.loop.execute(() -> this.sinks.get(service).refreshed(() -> Listing.of(List.of(instances))));
		this.scheduler.runDue();
	}

	void fail(String service, String message) {
		this.attempts.get(service).last().failed(message);
		this.scheduler.runDue();
	}

	WatchStatus status() {
		this.scheduler.runDue();
		return this.services.watches()
			.stream()
			.filter((status) -> status.service().equals("svc"))
			.findFirst()
			.orElseThrow();
	}

	private final class Observer implements DiscoveryObserver {

		@Override
		public void instancesChanged(String registry, String service, int instances) {
			WatchedServicesFixture.this.observed.add("changed " + service + " " + instances);
		}

		@Override
		public void instancesRetained(String registry, String service, int retained) {
			WatchedServicesFixture.this.observed.add("held " + service + " " + retained);
		}

		@Override
		public void freshnessChanged(String registry, String service, Instant staleSince) {
			WatchedServicesFixture.this.observed.add("stale " + service + " " + staleSince);
		}

		@Override
		public void watchEnded(String registry, String service) {
			WatchedServicesFixture.this.observed.add("ended " + service);
		}

		@Override
		public void contactLost(String registry, String service, Purpose purpose) {
			WatchedServicesFixture.this.observed.add("lost " + service + " " + purpose);
		}

		@Override
		public void entrySkipped(String registry, String service) {
			WatchedServicesFixture.this.observed.add("skipped " + service);
		}

	}

}
