package io.github.grpcdiscovery.autoconfigure;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceDiscovery;
import io.github.grpcdiscovery.resolver.DiscoveryTarget;
import io.github.grpcdiscovery.resolver.InvalidTargetException;
import io.github.grpcdiscovery.resolver.MergedDiscovery;
import io.github.grpcdiscovery.resolver.Registries;

/**
 * The application's registries, and those among them that are meant when none is named.
 */
public final class ConfiguredRegistries implements Registries {

	/**
	 * Name of the bean, for conditions: to ask for a name costs nothing, to ask for a
	 * type means to look at every bean of the application.
	 */
	public static final String BEAN_NAME = "configuredRegistries";

	private static final String PROPERTY = "grpc.discovery.registry";

	private final Map<String, Registry> byName;

	private final List<Registry> chosen;

	private final ServiceDiscovery discovery;

	private ConfiguredRegistries(Map<String, Registry> byName, List<Registry> chosen) {
		this.byName = byName;
		this.chosen = chosen;
		List<ServiceDiscovery> discoveries = chosen.stream().map(Registry::discovery).toList();
		this.discovery = (discoveries.size() == 1) ? discoveries.get(0) : new MergedDiscovery(discoveries);
	}

	/**
	 * Finds the registries that are meant.
	 * @param registries all that are configured, at least one
	 * @param chosen the value of {@code grpc.discovery.registry}; may be empty
	 * @return the registries
	 * @throws DiscoveryConfigurationException if it cannot be told which is meant
	 */
	static ConfiguredRegistries of(Collection<Registry> registries, List<String> chosen) {
		Map<String, Registry> byName = new TreeMap<>();
		for (Registry registry : registries) {
			Registry other = byName.putIfAbsent(registry.name(), registry);
			if (other != null) {
				throw new DiscoveryConfigurationException(
						"Two registries are named '%s': %s and %s.".formatted(registry.name(), other.description(),
								registry.description()),
						"Give each Registry bean a name of its own, or remove the settings of one of them.");
			}
		}
		return new ConfiguredRegistries(byName, choose(byName, chosen));
	}

	private static List<Registry> choose(Map<String, Registry> byName, List<String> chosen) {
		if (chosen.isEmpty() && byName.size() == 1) {
			return List.copyOf(byName.values());
		}
		if (chosen.isEmpty()) {
			throw new DiscoveryConfigurationException(
					"There are settings for several registries, %s, and none is chosen."
						.formatted(String.join(", ", byName.keySet())),
					"Set %s to one of them, or to a list to register in each and to merge what they hold."
						.formatted(PROPERTY));
		}
		return chosen.stream().distinct().map((name) -> {
			Registry registry = byName.get(name);
			if (registry == null) {
				throw unknown(name, byName.keySet());
			}
			return registry;
		}).toList();
	}

	/**
	 * The error for a registry that is not there.
	 * @param name what {@code grpc.discovery.registry} says
	 * @param configured the names of those that are there
	 * @return the exception
	 */
	static DiscoveryConfigurationException unknown(String name, Collection<String> configured) {
		return UnknownRegistry.exception(PROPERTY, name, configured);
	}

	/**
	 * The registries to register in and to look up {@code discovery:///name} in.
	 * @return at least one, in the order of {@code grpc.discovery.registry}
	 */
	public List<Registry> chosen() {
		return this.chosen;
	}

	/**
	 * All registries that there are.
	 * @return sorted by name
	 */
	public List<Registry> all() {
		return List.copyOf(this.byName.values());
	}

	@Override
	public ServiceDiscovery forTarget(DiscoveryTarget target) {
		if (target.scheme().equals(DiscoveryTarget.ANY_REGISTRY)) {
			return this.discovery;
		}
		Registry registry = this.byName.get(target.scheme());
		if (registry == null) {
			throw new InvalidTargetException(target,
					"a registry that is configured: %s; set grpc.discovery.%s.* for this one"
						.formatted(String.join(", ", this.byName.keySet()), target.scheme()));
		}
		return target.in(registry);
	}

	@Override
	public String toString() {
		return "ConfiguredRegistries[" + this.byName.keySet() + ", chosen " + this.discovery.description() + "]";
	}

}
