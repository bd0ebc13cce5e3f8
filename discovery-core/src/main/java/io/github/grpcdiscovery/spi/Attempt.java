package io.github.grpcdiscovery.spi;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.RegistryException;

/**
 * One try to reach a registry and to stay in contact: all that a registry writes. Its
 * methods are called on the event loop, once, and must not block.
 */
public interface Attempt {

	/**
	 * Begins the try. Reports {@link AttemptContext#active()} when it is in contact and
	 * {@link AttemptContext#failed} when it is over; what this method throws counts as a
	 * failure.
	 * @param context where to report, valid until {@link #end()}
	 */
	void begin(AttemptContext context);

	/**
	 * When the next attempt makes sense after this one has failed. Called after a
	 * failure, before {@link #end()}.
	 * @param cause why it failed
	 * @return the exact wait; {@code null} for the back-off, since nobody knows
	 */
	default @Nullable Duration retryAfter(RegistryException cause) {
		return null;
	}

	/**
	 * Releases whatever the try holds. Called after a failure and when the loop is
	 * closed, also when {@link #begin} threw half-way.
	 */
	void end();

}
