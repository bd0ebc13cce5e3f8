package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.Objects;

import io.etcd.jetcd.ByteSequence;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.internal.util.Durations;
import io.github.grpcdiscovery.spi.Attempt;
import io.github.grpcdiscovery.spi.AttemptContext;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.ServiceConfigSink;

/**
 * One try to follow the service config of a service: reads its key at a revision and
 * watches it from the next one. From time to time the key is read beside the watch, which
 * shows a watch that died without a word. Any contradiction ends the attempt.
 */
final class EtcdServiceConfigAttempt implements Attempt {

	/** Mean time between two reads beside the watch. */
	static final Duration COMPARISON = Duration.ofSeconds(30);

	/** How long the watch may take to say what etcd knows. */
	static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);

	private final EtcdApi api;

	private final String key;

	private final ServiceConfigSink sink;

	private final EtcdHistory history;

	private EtcdApi.@Nullable WatchCall watch;

	private EventLoop.@Nullable Timer confirmation;

	/** What etcd holds, as far as the watch has reported. */
	private @Nullable ByteSequence value;

	EtcdServiceConfigAttempt(EtcdApi api, EtcdKeys keys, String service, ServiceConfigSink sink) {
		this.api = api;
		this.key = keys.serviceConfig(service);
		this.sink = sink;
		this.history = new EtcdHistory("%s: '%s'".formatted(api.description(), this.key));
	}

	@Override
	public void begin(AttemptContext context) {
		context.await(this.api.read(this.key), (read) -> {
			this.history.begin(read.cluster(), read.revision());
			take(value(read));
			this.watch = this.api.watchKey(this.key, read.revision() + 1, new Listener(context));
			this.confirmation = context.schedule(PROBE_TIMEOUT, () -> unresponsive("no confirmation"));
		});
	}

	private static @Nullable ByteSequence value(EtcdListing read) {
		return read.records().isEmpty() ? null : read.records().get(0).value();
	}

	private void take(@Nullable ByteSequence value) {
		this.value = value;
		this.sink.changed((value != null) ? value.getBytes() : null);
	}

	private void onChanges(AttemptContext context, EtcdChanges changes) {
		this.history.require(changes.cluster());
		for (EtcdChanges.Change change : changes.changes()) {
			this.history.advance(changes.cluster(), change.revision());
			take(change.value());
		}
		if (changes.created() && this.confirmation != null) {
			this.confirmation.cancel();
			this.confirmation = null;
			context.active();
			scheduleComparison(context);
		}
	}

	private void scheduleComparison(AttemptContext context) {
		context.schedule(context.loop().jittered(COMPARISON), () -> {
			long known = this.history.revision();
			context.await(this.api.read(this.key), (read) -> {
				this.history.require(read.cluster(), read.revision(), known);
				ByteSequence watched = this.value;
				if (!Objects.equals(value(read), watched)) {
					context.schedule(PROBE_TIMEOUT, () -> requireChanged(watched));
				}
				scheduleComparison(context);
			});
		});
	}

	// unless the watch reports something newer, it is dead
	private void requireChanged(@Nullable ByteSequence before) {
		if (Objects.equals(this.value, before)) {
			unresponsive("it does not report a change");
		}
	}

	private void unresponsive(String what) {
		throw this.history
			.suspect("the watch is unresponsive: %s within %s".formatted(what, Durations.text(PROBE_TIMEOUT)));
	}

	@Override
	public void end() {
		EtcdApi.WatchCall watch = this.watch;
		this.watch = null;
		if (watch != null) {
			watch.close();
		}
	}

	private final class Listener implements EtcdApi.WatchListener {

		private final AttemptContext context;

		Listener(AttemptContext context) {
			this.context = context;
		}

		@Override
		public void onChanges(EtcdChanges changes) {
			this.context.execute(() -> EtcdServiceConfigAttempt.this.onChanges(this.context, changes));
		}

		@Override
		public void onEnd(RegistryException cause) {
			this.context.failed(cause);
		}

	}

}
