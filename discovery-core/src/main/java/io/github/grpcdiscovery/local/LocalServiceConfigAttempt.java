package io.github.grpcdiscovery.local;

import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.spi.Attempt;
import io.github.grpcdiscovery.spi.AttemptContext;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.ServiceConfigSink;

/**
 * Follows the file {@code <root>/.service-config/<service>.json}. No service has a
 * directory whose name begins with a dot.
 */
final class LocalServiceConfigAttempt implements Attempt {

	private static final String DIRECTORY = ".service-config";

	/** What is written in several steps is read once. */
	private static final Duration COALESCED = Duration.ofMillis(10);

	private final ServiceConfigSink sink;

	private final LocalSettings settings;

	private final RegistryDirectory directory;

	private final RootAvailability root;

	private final DirectoryChanges changes;

	private final Path parent;

	private final Path file;

	private final DirectoryChanges.Listener rootListener = this::rootChanged;

	private final DirectoryChanges.Listener fileListener = this::fileChanged;

	private @Nullable AttemptContext context;

	private EventLoop.@Nullable Timer next;

	LocalServiceConfigAttempt(String service, ServiceConfigSink sink, LocalSettings settings,
			RegistryDirectory directory, RootAvailability root, DirectoryChanges changes) {
		this.sink = sink;
		this.settings = settings;
		this.directory = directory;
		this.root = root;
		this.changes = changes;
		this.parent = directory.root().resolve(DIRECTORY);
		this.file = this.parent.resolve(InstanceFile.fileName(service));
	}

	@Override
	public void begin(AttemptContext context) {
		this.context = context;
		read(context);
	}

	private void read(AttemptContext context) {
		this.root.require();
		Duration settling = this.root.settling();
		if (!settling.isZero()) {
			// what was known before is better than what is there so far
			schedule(context, settling);
			return;
		}
		// watched before it is read, so that nothing falls between
		this.changes.watch(this.directory.root(), this.rootListener);
		this.changes.watchContent(this.parent, this.fileListener);
		this.sink.changed(content());
		context.active();
		schedule(context, this.settings.pollInterval());
	}

	private byte @Nullable [] content() {
		try {
			boolean there = this.directory.requireService(this.parent) && this.directory.modified(this.file) != null;
			return there ? this.directory.read(this.file, ServiceConfigSink.MAX_BYTES) : null;
		}
		catch (IllegalArgumentException ex) {
			throw new RegistryException(
					"local (%s): %s: %s".formatted(this.directory.root(), this.file, ex.getMessage()), ex);
		}
	}

	private void rootChanged(@Nullable String fileName) {
		if ((fileName == null || fileName.equals(DIRECTORY)) && this.context != null) {
			schedule(this.context, COALESCED);
		}
	}

	private void fileChanged(@Nullable String fileName) {
		boolean ours = fileName == null || fileName.equals(String.valueOf(this.file.getFileName()));
		if (ours && this.context != null) {
			schedule(this.context, COALESCED);
		}
	}

	private void schedule(AttemptContext context, Duration delay) {
		if (this.next != null) {
			this.next.cancel();
		}
		this.next = context.schedule(delay, () -> read(context));
	}

	@Override
	public void end() {
		this.changes.unwatch(this.directory.root(), this.rootListener);
		this.changes.unwatch(this.parent, this.fileListener);
	}

}
