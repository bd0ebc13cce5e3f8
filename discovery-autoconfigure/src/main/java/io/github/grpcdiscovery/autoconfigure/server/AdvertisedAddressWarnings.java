package io.github.grpcdiscovery.autoconfigure.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Warns of an advertised host that is allowed but hardly meant.
 */
final class AdvertisedAddressWarnings {

	private static final Logger logger = LoggerFactory.getLogger(AdvertisedAddressWarnings.class);

	private AdvertisedAddressWarnings() {
	}

	static void warn(String host, List<HostAndPort> registry) {
		try {
			boolean here = InetAddress.getByName(host).isLoopbackAddress();
			if (here && registry.stream().anyMatch(AdvertisedAddressWarnings::isElsewhere)) {
				logger.warn(
						"The registry is on another machine, and clients there cannot connect to {}. "
								+ "Set grpc.discovery.registration.host to an address that they can",
						Printable.of(host));
			}
		}
		catch (UnknownHostException ex) {
			logger.warn("The advertised host '{}' does not resolve here. Clients that cannot resolve it either "
					+ "skip this instance", Printable.of(host));
		}
	}

	private static boolean isElsewhere(HostAndPort endpoint) {
		try {
			return !InetAddress.getByName(endpoint.host()).isLoopbackAddress();
		}
		catch (UnknownHostException ex) {
			return true;
		}
	}

}
