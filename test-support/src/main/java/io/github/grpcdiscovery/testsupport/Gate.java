package io.github.grpcdiscovery.testsupport;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Holds the bytes of a {@link TcpProxy} back while it is frozen or delayed. Thread-safe.
 */
final class Gate {

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	// All below: guarded by the lock.
	private boolean frozen;

	private long delayNanos;

	void freeze(boolean frozen) {
		change(() -> this.frozen = frozen);
	}

	void delay(Duration delay) {
		change(() -> this.delayNanos = delay.toNanos());
	}

	/** Makes those who wait look again whether their connection is closed. */
	void wake() {
		change(() -> {
		});
	}

	private void change(Runnable change) {
		this.lock.lock();
		try {
			change.run();
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits for the delay to pass and for the gate not to be frozen.
	 * @param closed whether to give up
	 * @return whether to go on; {@code false} if closed
	 */
	boolean pass(BooleanSupplier closed) {
		long arrival = System.nanoTime();
		this.lock.lock();
		try {
			while (!closed.getAsBoolean()) {
				long remaining = this.delayNanos - (System.nanoTime() - arrival);
				if (this.frozen) {
					this.changed.await();
				}
				else if (remaining > 0) {
					this.changed.awaitNanos(remaining);
				}
				else {
					return true;
				}
			}
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		finally {
			this.lock.unlock();
		}
	}

}
