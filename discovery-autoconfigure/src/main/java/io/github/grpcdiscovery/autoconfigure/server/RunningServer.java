package io.github.grpcdiscovery.autoconfigure.server;

import org.jspecify.annotations.Nullable;

/**
 * A gRPC server that has started, whatever stack it is of.
 *
 * @param port the port it really listens on, 1 to 65535
 * @param address the address it listens on; {@code null} or a wildcard if on all
 */
public record RunningServer(int port, @Nullable String address) {

}
