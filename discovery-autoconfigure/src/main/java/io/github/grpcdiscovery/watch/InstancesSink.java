package io.github.grpcdiscovery.watch;

import java.util.Collection;
import java.util.function.Supplier;

import io.github.grpcdiscovery.ServiceInstance;

/**
 * Takes what a registry holds of one service. On the event loop only.
 */
public interface InstancesSink {

	/**
	 * The registry holds this from now on. A storm of calls is coalesced: the supplier is
	 * asked at most ten times a second, and only the last one given.
	 * @param instances the complete list, in any order
	 */
	void changed(Supplier<? extends Collection<ServiceInstance>> instances);

	/**
	 * Something under the service's name is no instance and is left out.
	 * @param key where it stands, together with its revision if there is one; reported
	 * once
	 * @param reason what is wrong with it
	 */
	void skipped(String key, String reason);

}
