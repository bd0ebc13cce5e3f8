package io.github.grpcdiscovery.benchmarks.balancing;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.ServiceInstanceBuilder;

/**
 * Lists of servers as a registry has them.
 */
final class Services {

	/** Where an entry says when its instance started. */
	private static final String STARTED = "started";

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

	/** An instance that says since when it is there. */
	static ServiceInstanceBuilder started(ServiceInstanceBuilder instance, Instant since) {
		return instance.metadata(Map.of(STARTED, String.valueOf(since.toEpochMilli())));
	}

	/** Servers with the weights given, by number. */
	static List<ServiceInstance> weighted(List<ProgrammableServer> servers, int... weights) {
		return list(servers, (server) -> server.instance().weight(weights[server.number()]).build());
	}

}
