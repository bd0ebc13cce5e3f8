package io.github.grpcdiscovery.local;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.internal.util.DaemonThreads;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * Tells of files that come, go or are replaced, as fast as the operating system does;
 * some do not, and then the poll has to do. Owns one thread, which only waits and hands
 * over to the event loop. Touched files are not told of: that is what a living process
 * does all the time. On the event loop only, but for {@link #close()}.
 */
final class DirectoryChanges implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(DirectoryChanges.class);

	private static final long JOIN_MILLIS = 2000;

	private final EventLoop loop;

	private final Path root;

	private final String threadName;

	private final Map<Path, Set<Listener>> listeners = new HashMap<>();

	private final Map<Path, WatchKey> keys = new HashMap<>();

	private boolean started;

	private volatile boolean closed;

	private volatile @Nullable WatchService service;

	private volatile @Nullable Thread thread;

	/**
	 * Creates it; the thread starts with the first listener.
	 * @param loop where listeners are called
	 * @param root any path of the file system to watch
	 * @param threadName the thread's name
	 */
	DirectoryChanges(EventLoop loop, Path root, String threadName) {
		this.loop = loop;
		this.root = root;
		this.threadName = threadName;
	}

	/**
	 * Tells a listener of a directory's changes from now on. To be said again from time
	 * to time: the directory may be missing, or be another one at the same path.
	 * @param directory the directory
	 * @param listener told of changes
	 */
	void watch(Path directory, Listener listener) {
		watch(directory, listener, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
	}

	/**
	 * The same, and tells of files that are written to as well.
	 * @param directory the directory, which nobody watches otherwise
	 * @param listener told of changes
	 */
	void watchContent(Path directory, Listener listener) {
		watch(directory, listener, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE,
				StandardWatchEventKinds.ENTRY_MODIFY);
	}

	private void watch(Path directory, Listener listener, WatchEvent.Kind<?>... kinds) {
		this.loop.requireInLoop();
		this.listeners.computeIfAbsent(directory, (key) -> new LinkedHashSet<>()).add(listener);
		WatchService service = start();
		if (service != null) {
			watch(directory, service, kinds);
		}
	}

	private void watch(Path directory, WatchService service, WatchEvent.Kind<?>... kinds) {
		try {
			WatchKey key = directory.register(service, kinds);
			WatchKey before = this.keys.put(directory, key);
			if (before != null && before != key) {
				before.cancel();
			}
		}
		catch (NoSuchFileException | NotDirectoryException | ClosedWatchServiceException ex) {
			logger.trace("{} cannot be watched now", directory, ex);
		}
		catch (IOException ex) {
			logger.debug("{} cannot be watched, so it is polled", directory, ex);
		}
	}

	void unwatch(Path directory, Listener listener) {
		this.loop.requireInLoop();
		Set<Listener> remaining = this.listeners.get(directory);
		if (remaining != null && remaining.remove(listener) && remaining.isEmpty()) {
			this.listeners.remove(directory);
			WatchKey key = this.keys.remove(directory);
			if (key != null) {
				key.cancel();
			}
		}
	}

	private @Nullable WatchService start() {
		if (!this.started && !this.closed) {
			this.started = true;
			try {
				WatchService service = this.root.getFileSystem().newWatchService();
				Thread thread = DaemonThreads.of(() -> pollChanges(service), this.threadName);
				this.service = service;
				this.thread = thread;
				thread.start();
			}
			catch (IOException | UnsupportedOperationException ex) {
				// such as too many inotify instances of one user
				logger.info("Changes in {} are found by polling only: {}", this.root, ex.toString());
			}
		}
		return this.service;
	}

	private void pollChanges(WatchService service) {
		try {
			while (!this.closed) {
				WatchKey key = service.take();
				List<WatchEvent<?>> events = key.pollEvents();
				Path directory = (Path) key.watchable();
				if (!key.reset() || events.isEmpty()) {
					this.loop.execute(() -> publish(directory, null));
				}
				for (WatchEvent<?> event : events) {
					String name = (event.context() instanceof Path path) ? path.toString() : null;
					this.loop.execute(() -> publish(directory, name));
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ClosedWatchServiceException ex) {
			logger.trace("No longer watching {}", this.root, ex);
		}
	}

	private void publish(Path directory, @Nullable String fileName) {
		Set<Listener> listeners = this.listeners.get(directory);
		if (listeners != null) {
			List.copyOf(listeners).forEach((listener) -> listener.changed(fileName));
		}
	}

	/**
	 * Ends the thread and waits for it, at most two seconds. Any thread, any number of
	 * times, after the event loop was closed.
	 */
	@Override
	public void close() {
		this.closed = true;
		WatchService service = this.service;
		Thread thread = this.thread;
		try {
			if (service != null) {
				service.close();
			}
			if (thread != null) {
				thread.join(JOIN_MILLIS);
			}
		}
		catch (IOException ex) {
			logger.debug("The watch service of {} could not be closed", this.root, ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Told of changes, on the event loop. */
	interface Listener {

		/**
		 * A file came, went or was replaced.
		 * @param fileName its name; {@code null} if anything may have changed
		 */
		void changed(@Nullable String fileName);

	}

}
