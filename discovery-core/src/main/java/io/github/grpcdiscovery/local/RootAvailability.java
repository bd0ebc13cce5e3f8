package io.github.grpcdiscovery.local;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * Whether the root is there: a missing root is a registry that is away, not one that
 * holds nothing. When it comes back, the processes put their files into it one after the
 * other; who follows a service waits so long with believing what it reads. On the event
 * loop only.
 */
final class RootAvailability {

	private final RegistryDirectory directory;

	private final EventLoop loop;

	private final Duration settling;

	private @Nullable Object identity;

	private boolean away;

	private @Nullable Long backSince;

	/**
	 * Creates the contact; touches nothing yet.
	 * @param directory the files
	 * @param loop the event loop
	 * @param settling how long it takes a process at most to notice that the root is back
	 */
	RootAvailability(RegistryDirectory directory, EventLoop loop, Duration settling) {
		this.directory = directory;
		this.loop = loop;
		this.settling = settling;
	}

	/**
	 * Makes sure that the root is there; the first time, creates it.
	 */
	void require() {
		if (this.identity == null) {
			createOrGoAway();
		}
		check();
	}

	/**
	 * Makes sure that the root is there and creates it if need be: for who writes.
	 */
	void requireOrCreate() {
		createOrGoAway();
		check();
	}

	private void createOrGoAway() {
		try {
			this.directory.createRoot();
		}
		catch (RegistryException ex) {
			this.away = true;
			throw ex;
		}
	}

	private void check() {
		Object found;
		try {
			found = this.directory.requireRoot();
		}
		catch (RegistryException ex) {
			this.away = true;
			throw ex;
		}
		boolean another = this.identity != null && !this.identity.equals(found);
		if (this.away || another) {
			this.backSince = this.loop.nanoTime();
		}
		this.identity = found;
		this.away = false;
	}

	/**
	 * How much longer the root's content is not to be believed.
	 * @return zero if it is
	 */
	Duration settling() {
		if (this.backSince == null) {
			return Duration.ZERO;
		}
		Duration left = this.settling.minus(this.loop.since(this.backSince));
		return left.isNegative() ? Duration.ZERO : left;
	}

}
