package io.github.grpcdiscovery.internal.watch;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceConfigStatus;
import io.github.grpcdiscovery.Snapshots;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.internal.reconnect.ReconnectLoop;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.spi.Attempt;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.ServiceConfigSink;

/**
 * Follows the service config of one service for all who subscribe to it. What the
 * registry holds is read, validated by the one who has subscribed for the longest time,
 * and handed to all. What cannot be used is refused with its reason, once, and the last
 * good one stays; so it does without contact, and a snapshot brings it back in the next
 * process. On the event loop, except where it says otherwise.
 */
final class ServiceConfigWatch implements ServiceConfigSink {

	private static final Logger logger = LoggerFactory.getLogger(ServiceConfigWatch.class);

	private final EventLoop loop;

	private final ServiceConfigState state;

	private final WatchSubscribers<ServiceConfigSubscription> subscribers;

	private final SnapshotKeeper<String, String> snapshots;

	private final ReconnectLoop connection;

	/** Waits for somebody who can validate it. */
	private @Nullable ServiceConfigInUse unvalidated;

	/**
	 * Creates the watch of one service; {@link #start()} starts it.
	 * @param registry what all of the registry share
	 * @param service name of the service
	 * @param options what is put behind the name of the service in its snapshot
	 * @param attempts makes attempts to follow the service config
	 * @param settings how services are followed
	 */
	ServiceConfigWatch(RegistryContext registry, String service, String options,
			Function<ServiceConfigSink, Attempt> attempts, WatchSettings settings) {
		this.loop = registry.loop();
		this.state = new ServiceConfigState(registry, service);
		this.subscribers = new WatchSubscribers<>(this.loop, settings.linger());
		Snapshots.Key key = new Snapshots.Key(registry.description(), service + options);
		this.snapshots = new SnapshotKeeper<>(this.loop, ServiceConfigStore.of(settings.snapshots(), key),
				new SnapshotListener());
		this.connection = new ReconnectLoop("service config of '" + service + "' in " + registry.name(), this.loop,
				settings.backoff(), () -> attempts.apply(this), new Transitions());
	}

	void start() {
		this.snapshots.start();
		this.connection.start();
	}

	/**
	 * Ends the watch: no listener hears anything after it.
	 */
	void close() {
		this.subscribers.clear();
		this.connection.close();
		this.snapshots.close(current());
	}

	/**
	 * The service config as listeners have it. Any thread.
	 * @return {@code null} as long as nobody knows whether there is one
	 */
	@Nullable ServiceConfigInUse inUse() {
		return this.state.inUse();
	}

	/**
	 * State for operators. Any thread.
	 */
	ServiceConfigStatus status() {
		return this.state.status();
	}

	void add(ServiceConfigSubscription subscription) {
		this.subscribers.add(subscription);
		ServiceConfigInUse inUse = inUse();
		RegistryException unavailable = this.state.unavailable();
		if (inUse != null) {
			subscription.deliver(inUse);
		}
		else if (unavailable != null) {
			subscription.deliver(unavailable);
		}
		if (this.unvalidated != null) {
			validate(this.unvalidated);
		}
	}

	void remove(ServiceConfigSubscription subscription, Runnable unused) {
		this.subscribers.remove(subscription, unused);
	}

	@Override
	public void changed(byte @Nullable [] value) {
		this.loop.requireInLoop();
		this.unvalidated = null;
		if (value == null) {
			accept(ServiceConfigInUse.NONE);
			return;
		}
		String text = null;
		try {
			text = ServiceConfigInUse.text(value);
			if (!this.state.isRefused(text)) {
				validate(ServiceConfigInUse.read(text));
			}
		}
		catch (IllegalArgumentException ex) {
			String reason = String.valueOf(ex.getMessage());
			refuse((text != null) ? text : reason, reason);
		}
	}

	private void validate(ServiceConfigInUse config) {
		ServiceConfigSubscription first = this.subscribers.first();
		this.unvalidated = (first != null) ? null : config;
		if (first != null) {
			String reason = first.reasonToRefuse(config);
			if (reason == null) {
				accept(config);
			}
			else {
				refuse(config.text(), reason);
			}
		}
	}

	private void accept(ServiceConfigInUse config) {
		this.state.accepted();
		use(config);
		this.snapshots.remember(config.text(), this::current);
	}

	private void use(ServiceConfigInUse config) {
		this.state.use(config);
		this.subscribers.each((subscription) -> subscription.deliver(config));
	}

	private void refuse(String text, String reason) {
		if (!this.state.isRefused(text)) {
			this.state.refused(text, reason);
			requestSnapshot();
		}
	}

	// the last good one may be that of an earlier process
	private void requestSnapshot() {
		if (inUse() == null) {
			this.snapshots.request();
		}
	}

	private @Nullable String current() {
		ServiceConfigInUse inUse = inUse();
		return (this.state.isConnected() && inUse != null) ? inUse.text() : null;
	}

	private final class SnapshotListener implements SnapshotKeeper.Listener<String> {

		@Override
		public void snapshot(String text) {
			ServiceConfigWatch watch = ServiceConfigWatch.this;
			if (watch.inUse() != null) {
				return;
			}
			try {
				use(ServiceConfigInUse.read(text));
			}
			catch (IllegalArgumentException ex) {
				logger.debug("Ignored a snapshot: it is no service config", ex);
				noSnapshot();
				return;
			}
			if (watch.state.isRefused()) {
				// it is the last good one, and is not to grow old
				watch.snapshots.remember(text, watch::current);
			}
		}

		@Override
		public void noSnapshot() {
			ServiceConfigWatch watch = ServiceConfigWatch.this;
			RegistryException unavailable = watch.state.unavailable();
			if (watch.inUse() == null && watch.state.isRefused()) {
				use(ServiceConfigInUse.NONE);
			}
			else if (watch.inUse() == null && unavailable != null) {
				watch.subscribers.each((subscription) -> subscription.deliver(unavailable));
			}
		}

	}

	private final class Transitions implements ReconnectLoop.Listener {

		@Override
		public void onActive() {
			ServiceConfigWatch.this.state.connected();
		}

		@Override
		public void onLost(RegistryException cause) {
			ServiceConfigWatch.this.state.disconnected(cause);
			requestSnapshot();
		}

	}

}
