package io.github.grpcdiscovery.resolver;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * What a call is told when there is nobody to call.
 */
final class EmptyList {

	private static final int SHOWN = 3;

	private EmptyList() {
	}

	/**
	 * Says why the list is empty.
	 * @param service name of the service
	 * @param registry the registry as a person would name it
	 * @param unhealthy those that are registered and not to be called, each with what the
	 * registry says about it
	 * @return one sentence, which names the first three of them
	 */
	static String describe(String service, String registry, Map<HostAndPort, String> unhealthy) {
		String none = "no instances of '%s' in %s".formatted(service, registry);
		if (unhealthy.isEmpty()) {
			return none;
		}
		String shown = unhealthy.entrySet()
			.stream()
			.limit(SHOWN)
			.map((entry) -> entry.getKey() + " is " + entry.getValue())
			.collect(Collectors.joining("; "));
		return "%s are healthy, of %d registered: %s%s".formatted(none, unhealthy.size(), shown,
				more(unhealthy.size()));
	}

	/**
	 * The addresses of instances.
	 * @param instances any number
	 * @return printable; the first three of them and how many there are beside
	 */
	static String shown(List<ServiceInstance> instances) {
		return instances.stream()
			.limit(SHOWN)
			.map((instance) -> Printable.of(instance.address()))
			.collect(Collectors.joining("; ")) + more(instances.size());
	}

	private static String more(int of) {
		return (of > SHOWN) ? "; and %d more".formatted(of - SHOWN) : "";
	}

}
