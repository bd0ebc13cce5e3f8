package io.github.grpcdiscovery.autoconfigure;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Says which registries could have been meant.
 */
final class UnknownRegistry {

	private static final Set<String> BUILT_IN = Set.of("consul", "etcd", "local");

	private UnknownRegistry() {
	}

	static DiscoveryConfigurationException exception(String property, String name, Collection<String> configured) {
		Set<String> choices = new TreeSet<>(BUILT_IN);
		choices.addAll(configured);
		String description = "%s: '%s' (expected: one of %s)".formatted(property, Printable.of(name),
				String.join(", ", choices));
		if (BUILT_IN.contains(name)) {
			return new DiscoveryConfigurationException(
					description + ". The registry '%s' is known but its client library is not on the class path."
						.formatted(name),
					"Add the dependency 'discovery-spring-boot-starter', or 'discovery-spring-grpc-spring-boot-starter' with Spring "
							+ "Boot's own gRPC, which brings it, or take back its exclusion.");
		}
		return new DiscoveryConfigurationException(description,
				"Correct the name, or define a Registry bean whose name() is '%s'.".formatted(Printable.of(name)));
	}

}
