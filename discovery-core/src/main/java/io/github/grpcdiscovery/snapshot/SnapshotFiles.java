package io.github.grpcdiscovery.snapshot;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.InvalidSettingException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Snapshots;
import io.github.grpcdiscovery.internal.util.DaemonThreads;
import io.github.grpcdiscovery.internal.util.Durations;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Snapshots as files of one directory, read and written by a thread of its own that is
 * there only while there is something to do. A file that cannot be used is a WARN and no
 * snapshot; a directory that cannot be used is one WARN and no snapshots.
 */
public final class SnapshotFiles implements Snapshots, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(SnapshotFiles.class);

	/** The least time between two changes that are written. */
	private static final Duration COALESCED = Duration.ofMillis(500);

	/** What a clock may be ahead when it is set right. */
	private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

	private final SnapshotDirectory directory;

	private final Duration maxAge;

	private final Clock clock;

	private final ScheduledThreadPoolExecutor executor;

	private final Map<Key, Snapshot> waiting = new ConcurrentHashMap<>();

	private final AtomicBoolean warned = new AtomicBoolean();

	/**
	 * Opens a directory; touches nothing yet.
	 * @param directory created when it is first written to
	 * @param maxAge older snapshots are not used
	 * @param clock wall clock
	 */
	public SnapshotFiles(Path directory, Duration maxAge, Clock clock) {
		InvalidSettingException.requireBetween("max-age", maxAge, Duration.ofMillis(1), Durations.MAX);
		this.directory = new SnapshotDirectory(directory);
		this.maxAge = maxAge;
		this.clock = clock;
		this.executor = new ScheduledThreadPoolExecutor(1, DaemonThreads.named("grpc-discovery-snapshots"));
		this.executor.setKeepAliveTime(5, TimeUnit.SECONDS);
		this.executor.allowCoreThreadTimeOut(true);
		this.executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
	}

	/**
	 * The snapshots of one registry, as it is configured: the same registry with another
	 * namespace is another one.
	 * @param scope whatever tells registries apart beside their description; no secret
	 * @return snapshots that are kept apart from those of other scopes
	 */
	public Snapshots of(String scope) {
		return new Snapshots() {

			@Override
			public void load(Key key, Consumer<@Nullable Snapshot> loaded) {
				SnapshotFiles.this.load(scoped(key), loaded);
			}

			@Override
			public void save(Key key, List<ServiceInstance> instances) {
				SnapshotFiles.this.save(scoped(key), instances);
			}

			private Key scoped(Key key) {
				return scope.isEmpty() ? key : new Key(key.registry() + " " + scope, key.service());
			}

		};
	}

	@Override
	public void load(Key key, Consumer<@Nullable Snapshot> loaded) {
		try {
			this.executor.execute(() -> loaded.accept(load(key)));
		}
		catch (RejectedExecutionException ex) {
			loaded.accept(null);
		}
	}

	private @Nullable Snapshot load(Key key) {
		String name = SnapshotFormat.fileName(key);
		try {
			byte[] content = this.directory.read(name);
			if (content == null) {
				return null;
			}
			Snapshot snapshot = SnapshotFormat.read(key, content);
			Duration age = Duration.between(snapshot.takenAt(), Instant.now(this.clock));
			if (age.plus(CLOCK_SKEW).isNegative()) {
				// would not age for as long
				throw new IllegalArgumentException(
						"from %s (expected: not in the future)".formatted(snapshot.takenAt()));
			}
			if (age.compareTo(this.maxAge) > 0) {
				throw new IllegalArgumentException("from %s (expected: not older than %s)".formatted(snapshot.takenAt(),
						Durations.withDays(this.maxAge)));
			}
			return snapshot;
		}
		catch (IOException | RuntimeException ex) {
			logger.warn("Ignored the snapshot {} of service '{}' in {}: {}", name, Printable.of(key.service()),
					this.directory, Printable.of(ex.getMessage()));
			return null;
		}
	}

	@Override
	public void save(Key key, List<ServiceInstance> instances) {
		Snapshot snapshot = new Snapshot(instances, Instant.now(this.clock));
		if (this.waiting.put(key, snapshot) != null) {
			return;
		}
		try {
			this.executor.schedule(() -> write(key), COALESCED.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			write(key);
		}
	}

	private void write(Key key) {
		Snapshot snapshot = this.waiting.remove(key);
		if (snapshot == null) {
			return;
		}
		try {
			this.directory.write(SnapshotFormat.fileName(key), SnapshotFormat.write(key, snapshot));
			this.warned.set(false);
		}
		catch (IOException | RuntimeException ex) {
			if (this.warned.compareAndSet(false, true)) {
				logger.warn("No snapshots can be written to {}, so this application cannot start without its "
						+ "registry: {} (set grpc.discovery.client.snapshot.directory, or "
						+ "grpc.discovery.client.snapshot.enabled=false)", this.directory, Printable.of(ex));
			}
		}
	}

	/**
	 * Writes what waits, at most two seconds.
	 */
	@Override
	public void close() {
		this.executor.shutdown();
		try {
			if (!this.executor.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
				logger.debug("Snapshots are still being written to {}", this.directory);
				return;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return;
		}
		List.copyOf(this.waiting.keySet()).forEach(this::write);
	}

	@Override
	public String toString() {
		return "SnapshotFiles[" + this.directory + "]";
	}

}
