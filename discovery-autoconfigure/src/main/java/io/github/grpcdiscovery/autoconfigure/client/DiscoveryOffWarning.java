package io.github.grpcdiscovery.autoconfigure.client;

import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;

import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Warns once where discovery is off, since no registry is configured, and a channel is
 * made of a name alone: it would be looked up in the registry, and is a host name without
 * one. Safe for use by any thread.
 */
public final class DiscoveryOffWarning {

	private static final Logger logger = LoggerFactory.getLogger(DiscoveryOffWarning.class);

	private final Environment environment;

	private final AtomicBoolean warned = new AtomicBoolean();

	/**
	 * Creates the warning.
	 * @param environment names the profiles
	 */
	public DiscoveryOffWarning(Environment environment) {
		this.environment = environment;
	}

	/**
	 * A channel is made of a name alone.
	 * @param name name of the channel
	 */
	public void bareName(String name) {
		if (this.warned.compareAndSet(false, true)) {
			String[] active = this.environment.getActiveProfiles();
			String[] profiles = (active.length > 0) ? active : this.environment.getDefaultProfiles();
			logger.warn(
					"gRPC discovery is off, since no registry is configured in the profiles {}, and the channel '{}' has no "
							+ "address: its name is looked up as a host. Set grpc.discovery.etcd.endpoints or "
							+ "grpc.discovery.consul.host to have it looked up in a registry, or give it an address",
					profiles, Printable.of(name));
		}
	}

}
