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
import java.util.function.Function;
import java.util.function.Supplier;

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

	private final Map<Waiting, Supplier<byte[]>> waiting = new ConcurrentHashMap<>();

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

			@Override
			public void loadServiceConfig(Key key, Consumer<@Nullable String> loaded) {
				SnapshotFiles.this.loadServiceConfig(scoped(key), loaded);
			}

			@Override
			public void saveServiceConfig(Key key, String text) {
				SnapshotFiles.this.saveServiceConfig(scoped(key), text);
			}

			private Key scoped(Key key) {
				return scope.isEmpty() ? key : new Key(key.registry() + " " + scope, key.service());
			}

		};
	}

	@Override
	public void load(Key key, Consumer<@Nullable Snapshot> loaded) {
		submit(() -> loaded.accept(read(key, SnapshotFormat.fileName(key),
				(content) -> SnapshotFormat.read(key, content), Snapshot::takenAt)), () -> loaded.accept(null));
	}

	@Override
	public void loadServiceConfig(Key key, Consumer<@Nullable String> loaded) {
		submit(() -> {
			ServiceConfigSnapshot snapshot = read(key, ServiceConfigSnapshot.fileName(key),
					(content) -> ServiceConfigSnapshot.read(key, content), ServiceConfigSnapshot::takenAt);
			loaded.accept((snapshot != null) ? snapshot.text() : null);
		}, () -> loaded.accept(null));
	}

	private void submit(Runnable task, Runnable closed) {
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			closed.run();
		}
	}

	private <T> @Nullable T read(Key key, String name, Function<byte[], T> reader, Function<T, Instant> takenAt) {
		try {
			byte[] content = this.directory.read(name);
			if (content == null) {
				return null;
			}
			T snapshot = reader.apply(content);
			requireOfUse(takenAt.apply(snapshot));
			return snapshot;
		}
		catch (IOException | RuntimeException ex) {
			logger.warn("Ignored the snapshot {} of service '{}' in {}: {}", name, Printable.of(key.service()),
					this.directory, Printable.of(ex.getMessage()));
			return null;
		}
	}

	private void requireOfUse(Instant takenAt) {
		Duration age = Duration.between(takenAt, Instant.now(this.clock));
		if (age.plus(CLOCK_SKEW).isNegative()) {
			// would not age for as long
			throw new IllegalArgumentException("from %s (expected: not in the future)".formatted(takenAt));
		}
		if (age.compareTo(this.maxAge) > 0) {
			throw new IllegalArgumentException(
					"from %s (expected: not older than %s)".formatted(takenAt, Durations.withDays(this.maxAge)));
		}
	}

	@Override
	public void save(Key key, List<ServiceInstance> instances) {
		Snapshot snapshot = new Snapshot(instances, Instant.now(this.clock));
		save(new Waiting(key, false), () -> SnapshotFormat.write(key, snapshot));
	}

	@Override
	public void saveServiceConfig(Key key, String text) {
		ServiceConfigSnapshot snapshot = new ServiceConfigSnapshot(text, Instant.now(this.clock));
		save(new Waiting(key, true), () -> snapshot.write(key));
	}

	private void save(Waiting file, Supplier<byte[]> content) {
		if (this.waiting.put(file, content) != null) {
			return;
		}
		try {
			this.executor.schedule(() -> write(file), COALESCED.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			write(file);
		}
	}

	private void write(Waiting file) {
		Supplier<byte[]> content = this.waiting.remove(file);
		if (content == null) {
			return;
		}
		try {
			this.directory.write(file.name(), content.get());
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

	/**
	 * A file that waits to be written; its name takes a while to find.
	 *
	 * @param key of what
	 * @param serviceConfig whether it is that of a service config
	 */
	private record Waiting(Key key, boolean serviceConfig) {

		String name() {
			return this.serviceConfig ? ServiceConfigSnapshot.fileName(this.key) : SnapshotFormat.fileName(this.key);
		}

	}

}
