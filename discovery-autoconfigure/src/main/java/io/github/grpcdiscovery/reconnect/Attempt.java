package io.github.grpcdiscovery.reconnect;

/**
 * One try to reach a registry and to stay in contact: all that a registry writes. Both
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
	 * Releases whatever the try holds. Called after a failure and when the loop is
	 * closed, also when {@link #begin} threw half-way.
	 */
	void end();

}
