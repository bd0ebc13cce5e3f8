package io.github.grpcdiscovery.autoconfigure;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.AotDetector;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

import io.github.grpcdiscovery.Registry;

/**
 * Ends the start of an application that Spring has processed ahead of time, where its
 * settings ask for something else than what was decided when it was built: which
 * registries there are, and what is switched on. Without it, what is set would be
 * ignored.
 */
final class BuildTimeSettings {

	private static final String PACKAGE = BuildTimeSettings.class.getPackageName();

	private static final String ENABLED = "grpc.discovery.enabled";

	private static final String CHOICE = "grpc.discovery.registry";

	/** Registries by name, and the setting that asks for each. */
	private static final Map<String, String> ESSENTIALS = new TreeMap<>(Map.of("consul", "grpc.discovery.consul.host",
			"etcd", "grpc.discovery.etcd.endpoints", "local", "grpc.discovery.local.directory"));

	/** Properties that switch something off, and beans that are there without them. */
	private static final Map<String, List<String>> SWITCHES = new TreeMap<>(Map.of( //
			"grpc.discovery.client.enabled",
			List.of("discoveryGrpcChannelConfigurer", "discoveryGrpcChannelBuilderCustomizer"),
			"grpc.discovery.client.snapshot.enabled", List.of("grpcDiscoverySnapshotFiles"),
			"grpc.discovery.registration.enabled", List.of(PACKAGE + ".server.ServerRegistrationAutoConfiguration")));

	private BuildTimeSettings() {
	}

	/**
	 * Compares the settings with what was built. Any other application passes.
	 * @param environment the settings
	 * @param beans what was built
	 * @throws DiscoveryConfigurationException if they differ
	 */
	static void check(Environment environment, ConfigurableListableBeanFactory beans) {
		if (!AotDetector.useGeneratedArtifacts()) {
			return;
		}
		boolean on = beans.containsBeanDefinition(DiscoveryAutoConfiguration.class.getName());
		if (isOn(environment, ENABLED) != on) {
			throw changed(ENABLED, on);
		}
		if (on) {
			checkSwitches(environment, beans);
			checkRegistries(Binder.get(environment), beans);
		}
	}

	private static void checkSwitches(Environment environment, ConfigurableListableBeanFactory beans) {
		SWITCHES.forEach((property, names) -> {
			if (!isOn(environment, property) && names.stream().anyMatch(beans::containsBeanDefinition)) {
				throw changed(property, true);
			}
		});
	}

	private static void checkRegistries(Binder binder, ConfigurableListableBeanFactory beans) {
		Set<String> names = Set.of(beans.getBeanNamesForType(Registry.class, true, false));
		boolean ownRegistry = names.stream().anyMatch((name) -> !ESSENTIALS.containsKey(registryOf(name)));
		ESSENTIALS.forEach((registry, essential) -> {
			String property = propertyThatNeeds(binder, registry, essential);
			// a bean of the user's may be the registry that is meant
			if (property != null && !ownRegistry && !names.contains(registry + "Registry")) {
				throw new DiscoveryConfigurationException(
						"%s is set, and this application was built ahead of time without the registry '%s': which registries there are is decided when it is built."
							.formatted(property, registry),
						"Set %s=%s where the build reads it, such as in application.yml, and build again. Where the registry is may be set at run time alone."
							.formatted(CHOICE, registry));
			}
		});
	}

	private static String registryOf(String bean) {
		return bean.endsWith("Registry") ? bean.substring(0, bean.length() - "Registry".length()) : bean;
	}

	private static @Nullable String propertyThatNeeds(Binder binder, String registry, String essential) {
		Bindable<String[]> strings = Bindable.of(String[].class);
		if (binder.bind(CHOICE, strings).map(Arrays::asList).orElse(List.of()).contains(registry)) {
			return CHOICE;
		}
		return binder.bind(essential, strings).isBound() ? essential : null;
	}

	private static boolean isOn(Environment environment, String property) {
		return environment.getProperty(property, Boolean.class, true);
	}

	private static DiscoveryConfigurationException changed(String property, boolean built) {
		return new DiscoveryConfigurationException(
				"%s: '%s' (expected: '%s', as when the application was built ahead of time)".formatted(property, !built,
						built),
				"Set it to the same value at run time and where the build reads it, such as in application.yml, and build again.");
	}

}
