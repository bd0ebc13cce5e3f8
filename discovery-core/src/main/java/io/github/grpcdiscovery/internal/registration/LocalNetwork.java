package io.github.grpcdiscovery.internal.registration;

import java.net.InetAddress;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;

/**
 * The addresses of this machine.
 */
interface LocalNetwork {

	/**
	 * Addresses that are up, the most likely ones first.
	 * @return no link-local and no multicast addresses; loopback addresses last
	 */
	List<InetAddress> addresses();

	/**
	 * The address that packets to an endpoint come from. Sends nothing.
	 * @param endpoint where they go to; a host name is looked up
	 * @return {@code null} if it cannot be told
	 */
	@Nullable InetAddress towards(HostAndPort endpoint);

}
