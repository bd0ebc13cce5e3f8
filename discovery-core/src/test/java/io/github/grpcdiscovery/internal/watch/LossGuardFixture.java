package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

/**
 * A guard, the lists that it gets, and the addresses at which nobody listens.
 */
abstract class LossGuardFixture {

	static final Duration CONFIRMATION = Duration.ofSeconds(30);

	final FakeScheduler scheduler = new FakeScheduler();

	final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5);

	/** Ports at which nobody listens. */
	final Set<Integer> unreachable = new HashSet<>();

	final Set<HostAndPort> outOfService = new HashSet<>();

	final Set<HostAndPort> unreached = new HashSet<>();

	final List<String> heard = new ArrayList<>();

	private List<ServiceInstance> effective = List.of();

	int checks;

	LossGuard guard = new LossGuard(this.loop, CONFIRMATION, this::check, new Listener());

	void unreached(int... ports) {
		Arrays.stream(ports).forEach((port) -> this.unreached.add(new HostAndPort("127.0.0.1", port)));
	}

	List<Integer> report(int... ports) {
		return ports(accept(Arrays.stream(ports).mapToObj(LossGuardFixture::instance).toList()));
	}

	List<ServiceInstance> accept(List<ServiceInstance> reported) {
		AtomicReference<List<ServiceInstance>> result = new AtomicReference<>();
		onLoop(() -> {
			this.effective = this.guard.accept(reported, Set.copyOf(this.outOfService), Set.copyOf(this.unreached));
			result.set(this.effective);
		});
		return result.get();
	}

	void onLoop(Runnable task) {
		this.loop.execute(task);
		this.scheduler.runDue();
	}

	List<Integer> effectivePorts() {
		return ports(this.effective);
	}

	List<Integer> retainedPorts() {
		return ports(this.guard.retained());
	}

	static List<Integer> ports(List<ServiceInstance> instances) {
		return instances.stream().map(ServiceInstance::port).toList();
	}

	static ServiceInstance instance(int port) {
		return ServiceInstance.of("svc", "127.0.0.1", port);
	}

	void check(Collection<HostAndPort> addresses, Consumer<Set<HostAndPort>> answer) {
		this.checks++;
		answer.accept(addresses.stream()
			.filter((address) -> this.unreachable.contains(address.port()))
			.collect(Collectors.toSet()));
	}

	final class Listener implements LossGuard.Listener {

		@Override
		public void suspected(List<ServiceInstance> retained) {
			LossGuardFixture.this.heard.add("suspected " + retained.size());
		}

		@Override
		public void confirm() {
			LossGuardFixture.this.heard.add("confirm");
		}

		@Override
		public void changed(List<ServiceInstance> effective) {
			LossGuardFixture.this.effective = effective;
			LossGuardFixture.this.heard.add("changed");
		}

	}

}
