package io.github.grpcdiscovery.internal.watch;

import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * Publishes a list if it is another one than the last. The last list stays until there is
 * another: unknown is not empty. On the event loop, except for {@link #last()}.
 */
final class InstancesPublisher {

	private final EventLoop loop;

	private final Consumer<List<ServiceInstance>> output;

	private volatile @Nullable List<ServiceInstance> last;

	/**
	 * Creates a publisher that has published nothing.
	 * @param loop where all of it happens
	 * @param output takes the lists
	 */
	InstancesPublisher(EventLoop loop, Consumer<List<ServiceInstance>> output) {
		this.loop = loop;
		this.output = output;
	}

	/**
	 * The list as last published. Any thread.
	 * @return {@code null} before the first one
	 */
	@Nullable List<ServiceInstance> last() {
		return this.last;
	}

	/**
	 * Publishes a list.
	 * @param instances sorted, immutable, each address once
	 */
	void publish(List<ServiceInstance> instances) {
		this.loop.requireInLoop();
		if (!instances.equals(this.last)) {
			this.last = instances;
			this.output.accept(instances);
		}
	}

}
