package io.github.grpcdiscovery.local;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.spi.AttemptContext;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.InstancesSink;
import io.github.grpcdiscovery.spi.Listing;
import io.github.grpcdiscovery.spi.WatchAttempt;

/**
 * Follows the files of one service for as long as the root is there. Reads on the event
 * loop: a few small files on a disk of this machine are no network, and there is no
 * server that could keep us waiting.
 */
final class LocalWatchAttempt implements WatchAttempt {

	/** Files that come together are read together. */
	private static final Duration COALESCED = Duration.ofMillis(10);

	private final String service;

	private final InstancesSink sink;

	private final LocalSettings settings;

	private final RegistryDirectory directory;

	private final RootAvailability root;

	private final DirectoryChanges changes;

	private final ServiceFiles files;

	private final Path serviceDirectory;

	private final DirectoryChanges.Listener rootListener = this::rootChanged;

	private final DirectoryChanges.Listener serviceListener = this::serviceChanged;

	private @Nullable AttemptContext context;

	private @Nullable List<ServiceInstance> last;

	private EventLoop.@Nullable Timer next;

	private boolean soon;

	private boolean refreshing;

	LocalWatchAttempt(String service, InstancesSink sink, LocalSettings settings, RegistryDirectory directory,
			RootAvailability root, DirectoryChanges changes, EventLoop loop, Clock clock) {
		this.service = service;
		this.sink = sink;
		this.settings = settings;
		this.directory = directory;
		this.root = root;
		this.changes = changes;
		this.files = new ServiceFiles(directory, service, settings, loop, clock, sink::skipped);
		this.serviceDirectory = directory.service(service);
	}

	@Override
	public void begin(AttemptContext context) {
		this.context = context;
		read();
	}

	private void read() {
		this.next = null;
		this.soon = false;
		this.root.require();
		Duration settling = this.root.settling();
		if (!settling.isZero()) {
			// what was known before is better than what is there so far
			schedule(settling);
			return;
		}
		// watched before it is read, so that nothing falls between
		this.changes.watch(this.directory.root(), this.rootListener);
		this.changes.watch(this.serviceDirectory, this.serviceListener);
		List<ServiceInstance> instances = this.files.read();
		if (!instances.equals(this.last)) {
			this.last = instances;
			this.sink.changed(() -> Listing.of(instances));
		}
		this.sink.heard();
		if (this.refreshing) {
			this.refreshing = false;
			this.sink.refreshed(() -> Listing.of(instances));
		}
		context().active();
		schedule(untilNextRead());
	}

	@Override
	public void refresh() {
		this.refreshing = true;
		serviceChanged(null);
	}

	private Duration untilNextRead() {
		Duration poll = this.settings.pollInterval();
		Duration death = this.files.untilNextDeath();
		return (death != null && death.compareTo(poll) < 0) ? death.plus(COALESCED) : poll;
	}

	private void rootChanged(@Nullable String fileName) {
		if (fileName == null || fileName.equals(this.service)) {
			serviceChanged(null);
		}
	}

	private void serviceChanged(@Nullable String fileName) {
		boolean ours = fileName == null || InstanceFile.isFileName(fileName);
		if (ours && !this.soon && this.root.settling().isZero()) {
			schedule(COALESCED);
			this.soon = true;
		}
	}

	private void schedule(Duration delay) {
		if (this.next != null) {
			this.next.cancel();
		}
		this.next = context().schedule(delay, this::read);
	}

	private AttemptContext context() {
		if (this.context == null) {
			throw new IllegalStateException("not begun");
		}
		return this.context;
	}

	@Override
	public void end() {
		this.changes.unwatch(this.directory.root(), this.rootListener);
		this.changes.unwatch(this.serviceDirectory, this.serviceListener);
	}

}
