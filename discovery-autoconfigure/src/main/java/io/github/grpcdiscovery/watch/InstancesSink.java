package io.github.grpcdiscovery.watch;

import java.util.function.Supplier;

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
	 * The registry may have forgotten some of what it knew: whatever is missing from the
	 * next list is doubted.
	 */
	void mayHaveForgotten();

	/**
	 * Something under the service's name is no instance and is left out.
	 * @param key where it stands, together with its revision if there is one; reported
	 * once
	 * @param reason what is wrong with it
	 */
	void skipped(String key, String reason);

}
