package io.github.grpcdiscovery.benchmarks.balancing;

import java.util.List;
import java.util.function.Function;

import io.github.grpcdiscovery.ServiceInstance;

/**
 * Lists of servers as a registry has them.
 */
final class Services {

	private Services() {
	}

	/** All servers, all alike. */
	static SettableDiscovery of(List<ProgrammableServer> servers) {
		return new SettableDiscovery(list(servers, (server) -> server.instance().build()));
	}

	/** A list in the order of their addresses, as registries hand it over. */
	static List<ServiceInstance> list(List<ProgrammableServer> servers,
			Function<ProgrammableServer, ServiceInstance> instance) {
		return servers.stream().map(instance).sorted((a, b) -> Integer.compare(a.port(), b.port())).toList();
	}

	/** Servers with the weights given, by number. */
	static List<ServiceInstance> weighted(List<ProgrammableServer> servers, int... weights) {
		return list(servers, (server) -> server.instance().weight(weights[server.number()]).build());
	}

}
