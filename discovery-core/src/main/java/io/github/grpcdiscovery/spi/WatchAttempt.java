package io.github.grpcdiscovery.spi;

import io.github.grpcdiscovery.RegistryException;

/**
 * One try to follow a service, which can also read the service once more beside the
 * running watch. As {@link Attempt}, it is called on the event loop and must not block.
 */
public interface WatchAttempt extends Attempt {

	/**
	 * Reads the service once, beside the running watch, which goes on whatever comes of
	 * it. Reports {@link InstancesSink#refreshed} or, on the event loop as well,
	 * {@link InstancesSink#refreshFailed}, once and in bounded time, unless the attempt
	 * ends before. Called only while the attempt is in contact, and not again before it
	 * has reported. Throws nothing; a {@link RegistryException} is reported.
	 */
	void refresh();

}
