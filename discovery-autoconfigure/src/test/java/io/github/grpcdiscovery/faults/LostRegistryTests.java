package io.github.grpcdiscovery.faults;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.grpc.ManagedChannel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.SteadyCaller;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/** The registry is away, or comes back without its memory, under load. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class LostRegistryTests {

	// a call that is lost never ends; one that is only late on a busy machine does
	private static final Duration DEADLINE = Duration.ofSeconds(15);

	private List<Registration> registrations = List.of();

	@ParameterizedTest
	@ValueSource(strings = { "etcd", "consul" })
	@Proves("F8")
	void registryThatForgetsEverythingCostsNoCall(String name, TestReporter reporter) throws Exception {
		underLoad(name, reporter, (registry, caller) -> {
			registry.wipe();
			Conditions.await(Duration.ofSeconds(60))
				.until(() -> this.registrations.stream().allMatch((one) -> one.status().registrations() >= 2));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "etcd", "consul" })
	@Proves("F5")
	void registryThatIsAwayForTenSecondsCostsNoCall(String name, TestReporter reporter) throws Exception {
		underLoad(name, reporter, (registry, caller) -> outage(registry, caller, Duration.ofSeconds(10)));
	}

	@ParameterizedTest
	@Tag("long")
	@Tag("long-3")
	@ValueSource(strings = { "etcd", "consul" })
	@Proves("F5")
	void registryThatIsAwayForTwoMinutesCostsNoCall(String name, TestReporter reporter) throws Exception {
		underLoad(name, reporter, (registry, caller) -> outage(registry, caller, Duration.ofMinutes(2)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "etcd", "consul" })
	@Proves("F38")
	void instancesThatAreAllDeletedAtOnceCostNoCall(String name, TestReporter reporter) throws Exception {
		underLoad(name, reporter, (registry, caller) -> {
			registry.deleteAll();
			Conditions.await(Duration.ofSeconds(60))
				.until(() -> registry.registry().discovery().watches().get(0).unconfirmed().size() > 0);
		});
	}

	private static void outage(FaultRegistry registry, SteadyCaller caller, Duration time) {
		long began = System.nanoTime();
		registry.kill();
		caller.failsNoCallFor(time, began);
		registry.start();
	}

	private void underLoad(String name, TestReporter reporter, Fault fault) throws Exception {
		try (FaultRegistry registry = FaultRegistry.started(name);
				LocalEcho a = new LocalEcho("a");
				LocalEcho b = new LocalEcho("b");
				LocalEcho c = new LocalEcho("c")) {
			this.registrations = Stream.of(a, b, c)
				.map((server) -> registry.registry().registrar().register(server.instance()))
				.toList();
			this.registrations.forEach((registration) -> registration.registered().join());
			ManagedChannel channel = registry.channel();
			try (SteadyCaller caller = SteadyCaller.start(channel, 500, DEADLINE, DEADLINE)) {
				FaultRegistry.warmUp(caller, 3);
				long began = System.nanoTime();
				fault.happens(registry, caller);
				Conditions.await(Duration.ofSeconds(60)).untilAsserted(() -> {
					assertThat(this.registrations).allMatch((one) -> one.status().state() == State.REGISTERED);
					WatchStatus watch = registry.registry().discovery().watches().get(0);
					assertThat(watch.connected()).isTrue();
					assertThat(watch.staleSince()).isNull();
					assertThat(watch.unconfirmed()).isEmpty();
					assertThat(watch.instances()).extracting(ServiceInstance::port)
						.containsExactlyInAnyOrder(a.instance().port(), b.instance().port(), c.instance().port());
				});
				caller.endsWithoutFailure(began);
				reporter.publishEntry(Proves.MEASURED, "%s: none of %d calls failed, all as before after %d s"
					.formatted(name, caller.made(), TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began)));
			}
			finally {
				channel.shutdownNow();
			}
		}
	}

	private interface Fault {

		void happens(FaultRegistry registry, SteadyCaller caller);

	}

}
