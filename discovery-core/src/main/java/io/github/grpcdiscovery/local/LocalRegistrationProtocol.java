package io.github.grpcdiscovery.local;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.RegistrationConflictException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.spi.Attempt;
import io.github.grpcdiscovery.spi.AttemptContext;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.RegistrationProtocol;

/**
 * Keeps one instance's file in place, and touches it while this process lives. Works on
 * the event loop: one small file on a disk of this machine is no network, and there is no
 * server that could keep us waiting.
 */
final class LocalRegistrationProtocol implements RegistrationProtocol {

	private final InstanceFile own;

	private final byte[] content;

	private final Path file;

	private final LocalSettings settings;

	private final RegistryDirectory directory;

	private final RootAvailability root;

	private final DirectoryChanges changes;

	private final EventLoop loop;

	private final Clock clock;

	private @Nullable Heartbeat other;

	private boolean written;

	private boolean registered;

	/**
	 * Creates the protocol; writes nothing yet.
	 * @throws IllegalArgumentException if the instance does not fit into a file
	 */
	LocalRegistrationProtocol(InstanceFile own, LocalSettings settings, RegistryDirectory directory,
			RootAvailability root, DirectoryChanges changes, EventLoop loop, Clock clock) {
		this.own = own;
		this.content = own.content();
		this.file = directory.service(own.instance().service()).resolve(InstanceFile.fileName(own.instance().id()));
		this.settings = settings;
		this.directory = directory;
		this.root = root;
		this.changes = changes;
		this.loop = loop;
		this.clock = clock;
	}

	@Override
	public Attempt attempt() {
		return new LocalRegistrationAttempt();
	}

	@Override
	public boolean mayBeThere() {
		return this.written;
	}

	@Override
	public CompletionStage<?> deregister() {
		try {
			this.directory.requireRoot();
			// between looking and deleting another may take over; it would write its file
			// again
			InstanceFile holder = holder();
			if (holder != null && holder.owner().equals(this.own.owner())) {
				this.directory.delete(this.file);
			}
			return CompletableFuture.completedFuture(null);
		}
		catch (RegistryException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private void put() {
		this.root.requireOrCreate();
		this.directory.createService(this.own.instance().service());
		InstanceFile holder = holder();
		if (holder != null && !holder.owner().equals(this.own.owner())) {
			requireMayReplace(holder);
		}
		this.written = true;
		this.directory.write(this.file, this.content, now());
		this.registered = true;
	}

	private @Nullable InstanceFile holder() {
		ServiceInstance instance = this.own.instance();
		try {
			byte[] content = (this.directory.modified(this.file) != null)
					? this.directory.read(this.file, Json.MAX_BYTES) : null;
			return (content != null)
					? InstanceFile.read(InstanceFile.fileName(instance.id()), instance.service(), content) : null;
		}
		catch (IllegalArgumentException ex) {
			return null; // no process of ours wrote that, so nobody loses it
		}
	}

	/*
	 * A process that starts on the address of a living one is the same server started
	 * again, since an address cannot be served twice. But one that was replaced like
	 * that, and was only paused, must not take the place back.
	 */
	private void requireMayReplace(InstanceFile holder) {
		FileTime modified = this.directory.modified(this.file);
		if (modified == null) {
			return;
		}
		if (this.other == null) {
			this.other = new Heartbeat(modified, this.clock.instant(), this.loop.nanoTime());
		}
		else {
			this.other.seen(modified, this.loop.nanoTime());
		}
		boolean alive = this.other.age(this.loop.nanoTime()).compareTo(holder.ttl()) <= 0;
		boolean startedAgain = holder.instance().address().equals(this.own.instance().address()) && !this.registered;
		if (alive && !startedAgain) {
			throw new RegistrationConflictException(this.own.instance(), holder.holder());
		}
	}

	private void keep() {
		check();
		this.directory.touch(this.file, now());
	}

	private void check() {
		this.directory.requireRoot();
		byte[] content = (this.directory.modified(this.file) != null) ? this.directory.read(this.file, Json.MAX_BYTES)
				: null;
		if (!Arrays.equals(this.content, content)) {
			throw new RegistryException("local (%s): the file of '%s' was %s by somebody else".formatted(
					this.directory.root(), this.own.instance().id(), (content != null) ? "replaced" : "deleted"), null);
		}
	}

	private FileTime now() {
		return FileTime.from(this.clock.instant());
	}

	private final class LocalRegistrationAttempt implements Attempt, DirectoryChanges.Listener {

		private @Nullable AttemptContext context;

		@Override
		public void begin(AttemptContext context) {
			this.context = context;
			put();
			LocalRegistrationProtocol.this.changes.watch(directory(), this);
			check();
			context.active();
			scheduleHeartbeat(context);
		}

		private void scheduleHeartbeat(AttemptContext context) {
			context.schedule(context.loop().jittered(LocalRegistrationProtocol.this.settings.heartbeat()), () -> {
				keep();
				LocalRegistrationProtocol.this.changes.watch(directory(), this);
				scheduleHeartbeat(context);
			});
		}

		@Override
		public void changed(@Nullable String fileName) {
			boolean ours = fileName == null
					|| fileName.equals(LocalRegistrationProtocol.this.file.getFileName().toString());
			if (ours && this.context != null) {
				this.context.execute(LocalRegistrationProtocol.this::check);
			}
		}

		private Path directory() {
			return LocalRegistrationProtocol.this.directory
				.service(LocalRegistrationProtocol.this.own.instance().service());
		}

		@Override
		public void end() {
			LocalRegistrationProtocol.this.changes.unwatch(directory(), this);
		}

	}

}
