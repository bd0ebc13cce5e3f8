package io.github.grpcdiscovery.autoconfigure.server;

import java.util.List;
import java.util.Set;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.autoconfigure.SpringBootTests;
import io.github.grpcdiscovery.consul.ConsulRegistry;
import io.github.grpcdiscovery.etcd.EtcdRegistry;

/**
 * Keeps the servers of tests out of registries that others share: a client would call
 * them, and they end in the middle of it.
 */
final class TestRegistrations {

	private static final Set<String> SHARED = Set.of(EtcdRegistry.NAME, ConsulRegistry.NAME);

	private TestRegistrations() {
	}

	/**
	 * The registries to register in.
	 * @param chosen the chosen registries
	 * @param environment the application's environment
	 * @return all of them, in the same order; without those that others share, in a test
	 * that does not set {@code grpc.discovery.registration.enabled}
	 */
	static List<Registry> allowed(List<Registry> chosen, Environment environment) {
		if (!SpringBootTests.isOne(environment) || isWished(environment)) {
			return chosen;
		}
		return chosen.stream().filter((registry) -> !SHARED.contains(registry.name())).toList();
	}

	private static boolean isWished(Environment environment) {
		return Binder.get(environment).bind("grpc.discovery.registration.enabled", Boolean.class).orElse(false);
	}

}
