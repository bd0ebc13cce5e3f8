package io.github.grpcdiscovery.spi;

import org.jspecify.annotations.Nullable;

/**
 * Takes the service config that a registry holds for one service. On the event loop only.
 */
@FunctionalInterface
public interface ServiceConfigSink {

	/** A longer value is refused; a registry need not read more than one byte beyond. */
	int MAX_BYTES = 64 * 1024;

	/**
	 * The registry holds this from now on. May be said again without effect.
	 * @param value as somebody wrote it: it may be anything; {@code null} if there is
	 * none
	 */
	void changed(byte @Nullable [] value);

}
