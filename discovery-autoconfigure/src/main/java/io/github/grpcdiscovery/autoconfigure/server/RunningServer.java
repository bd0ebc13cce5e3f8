package io.github.grpcdiscovery.autoconfigure.server;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A gRPC server that has started, whatever stack it is of.
 *
 * @param port the port it really listens on, 1 to 65535
 * @param address the address it listens on; {@code null} or a wildcard if on all
 * @param services full names of the gRPC services it offers
 */
public record RunningServer(int port, @Nullable String address, Set<String> services) {

	/**
	 * Copies the set.
	 */
	public RunningServer {
		services = Set.copyOf(services);
	}

	/**
	 * A server that offers nothing.
	 * @param port the port it really listens on, 1 to 65535
	 * @param address the address it listens on; {@code null} or a wildcard if on all
	 */
	public RunningServer(int port, @Nullable String address) {
		this(port, address, Set.of());
	}

}
