package io.github.grpcdiscovery.internal.subset;

import org.jspecify.annotations.Nullable;

/**
 * A client that connects to some of a service's instances.
 *
 * @param id the same after a restart, and another one for each client
 * @param service the service that the client is an instance of itself, among whose
 * instances its slot counts; empty if it is none
 * @param slot its number among these, from 0; {@code null} if it has none
 */
public record SubsetClient(String id, String service, @Nullable Integer slot) {

	/**
	 * A client that is registered nowhere.
	 * @param id the same after a restart, and another one for each client
	 * @return the client, without a slot
	 */
	public static SubsetClient unregistered(String id) {
		return new SubsetClient(id, "", null);
	}

}
