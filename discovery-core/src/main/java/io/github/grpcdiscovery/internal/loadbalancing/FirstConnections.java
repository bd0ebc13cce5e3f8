package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.SynchronizationContext;
import io.grpc.SynchronizationContext.ScheduledHandle;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls that wait for a first connection wait a moment longer for those that are
 * being made: a channel hands all of them to the first server that it is told of, and
 * connections that are begun together are there together. In the channel's
 * synchronization context.
 */
final class FirstConnections {

	/** How much longer they wait at most. */
	static final Duration HOLD = Duration.ofMillis(20);

	private final SynchronizationContext syncContext;

	private final ScheduledExecutorService timers;

	private final BooleanSupplier connecting;

	private final BiConsumer<ConnectivityState, SubchannelPicker> publish;

	private boolean ready;

	private @Nullable SubchannelPicker held;

	private @Nullable ScheduledHandle timer;

	/**
	 * Creates it without a connection.
	 * @param syncContext the channel's
	 * @param timers the channel's
	 * @param connecting whether connections are being made
	 * @param publish tells the channel
	 */
	FirstConnections(SynchronizationContext syncContext, ScheduledExecutorService timers, BooleanSupplier connecting,
			BiConsumer<ConnectivityState, SubchannelPicker> publish) {
		this.syncContext = syncContext;
		this.timers = timers;
		this.connecting = connecting;
		this.publish = publish;
	}

	/**
	 * The policy below has a new state.
	 */
	void update(ConnectivityState state, SubchannelPicker picker) {
		boolean first = state == ConnectivityState.READY && !this.ready;
		if (!first || !this.connecting.getAsBoolean()) {
			publish(state, picker);
			return;
		}
		this.held = picker;
		if (this.timer == null) {
			this.timer = this.syncContext.schedule(this::publishHeld, HOLD.toNanos(), TimeUnit.NANOSECONDS,
					this.timers);
		}
	}

	private void publishHeld() {
		SubchannelPicker held = this.held;
		if (held != null) {
			publish(ConnectivityState.READY, held);
		}
	}

	private void publish(ConnectivityState state, SubchannelPicker picker) {
		shutdown();
		this.ready = state == ConnectivityState.READY;
		this.publish.accept(state, picker);
	}

	/** Tells nothing that it still holds back. */
	void shutdown() {
		this.held = null;
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

}
