package io.github.grpcdiscovery.spi;

import java.util.function.Supplier;

import io.github.grpcdiscovery.RegistryException;

/**
 * Takes what a registry holds of one service. On the event loop only.
 */
public interface InstancesSink {

	/**
	 * The registry holds this from now on. A storm of calls is coalesced: the supplier is
	 * asked at most ten times a second, and only the last one given.
	 * @param listing the complete list
	 */
	void changed(Supplier<Listing> listing);

	/**
	 * The registry answered this watch just now: what is known is current, changed or
	 * not. Nothing else says so; a list that may be out of date must not.
	 */
	void heard();

	/**
	 * The read that {@link WatchAttempt#refresh()} asked for has succeeded. Implies
	 * {@link #heard()}.
	 * @param listing the complete list, at least as new as that read; asked for as in
	 * {@link #changed}
	 */
	void refreshed(Supplier<Listing> listing);

	/**
	 * The read that {@link WatchAttempt#refresh()} asked for has failed. The watch goes
	 * on.
	 * @param cause why, without secrets
	 */
	void refreshFailed(RegistryException cause);

	/**
	 * The registry may have forgotten some of what it knew: instances missing from the
	 * next list are retained until that is confirmed.
	 */
	void mayHaveForgotten();

	/**
	 * Something under the service's name is no instance and is left out.
	 * @param key where it stands, and behind an {@code @} its revision if there is one;
	 * may be reported as often as it is seen
	 * @param reason what is wrong with it
	 */
	void skipped(String key, String reason);

}
