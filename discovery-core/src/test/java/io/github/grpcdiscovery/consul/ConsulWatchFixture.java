package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.internal.watch.WatchedServices;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

/**
 * A service that is followed on an agent that a test answers for.
 */
abstract class ConsulWatchFixture {

	static final Duration CONFIRMATION = Duration.ofSeconds(30);

	final FakeScheduler scheduler = new FakeScheduler();

	final FakeConsulApi api = new FakeConsulApi();

	final AtomicInteger skipped = new AtomicInteger();

	final WatchedServices discovery = discovery(ConsulQuery.DEFAULT);

	final RecordingListener listener = new RecordingListener();

	final Subscription subscription = this.discovery.watch("orders", this.listener);

	@AfterEach
	void promisesAreKept() {
		this.listener.assertPromisesKept();
	}

	WatchedServices discovery(ConsulQuery query) {
		EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.999);
		DiscoveryObserver observer = new DiscoveryObserver() {

			@Override
			public void entrySkipped(String registry, String service) {
				ConsulWatchFixture.this.skipped.incrementAndGet();
			}

		};
		LeaderMonitor leaders = new LeaderMonitor(this.api, loop, null);
		AgentQueries queries = new AgentQueries(this.api, loop, "consul (http://127.0.0.1:8500)");
		KnownEntries known = new KnownEntries();
		return new WatchedServices(new RegistryContext("consul", "consul (http://127.0.0.1:8500)", loop, observer),
				(service, sink) -> new ConsulWatchAttempt(
						new ServiceQueries(queries, "consul (http://127.0.0.1:8500)", service, query), leaders, known,
						sink),
				WatchSettings.builder()
					.lossConfirmation(CONFIRMATION)
					.reachability((addresses, absent) -> absent.accept(Set.of()))
					.build());
	}

	void run() {
		this.scheduler.runDue();
	}

	void answerWith(HealthAnswer answer) {
		this.api.query().answer(answer);
		run();
		this.scheduler.advance(Duration.ofMillis(100));
	}

	@Nullable List<Integer> ports() {
		List<ServiceInstance> last = this.listener.last();
		return (last != null) ? last.stream().map(ServiceInstance::port).toList() : null;
	}

	WatchStatus status() {
		return this.discovery.watches().get(0);
	}

	static HealthAnswer answer(long index, int... ports) {
		return FakeConsulApi.answer(index, ports);
	}

	static HealthAnswer answer(long index, boolean knownLeader, boolean filteredByAcls, int... ports) {
		return FakeConsulApi.answer(index, knownLeader, filteredByAcls, ports);
	}

}
