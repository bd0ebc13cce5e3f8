package io.github.grpcdiscovery.autoconfigure.consul;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.ClassUtils;

/**
 * Puts into the entry that Spring Cloud Consul registers for an application with a gRPC
 * server what others need to call it, as net.devh did before Spring Cloud Consul 5, and
 * says where our own entry decides. What the user sets there wins.
 */
final class SpringCloudMetadataPostProcessor implements EnvironmentPostProcessor, Ordered {

	private static final String SPRING_CLOUD = "org.springframework.cloud.consul.serviceregistry.ConsulRegistration";

	private static final String NET_DEVH = "net.devh.boot.grpc.server.config.GrpcServerProperties";

	private static final String SPRING_GRPC = "org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent";

	private static final String NET_DEVH_PORT = "9090";

	private static final String METADATA = "spring.cloud.consul.discovery.metadata";

	private static final Bindable<List<String>> STRINGS = Bindable.listOf(String.class);

	private final @Nullable Predicate<String> classes;

	SpringCloudMetadataPostProcessor() {
		this(null);
	}

	SpringCloudMetadataPostProcessor(@Nullable Predicate<String> classes) {
		this.classes = classes;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		Predicate<String> classes = (this.classes != null) ? this.classes
				: (name) -> ClassUtils.isPresent(name, application.getClassLoader());
		if (!classes.test(SPRING_CLOUD) || (!classes.test(NET_DEVH) && !classes.test(SPRING_GRPC))) {
			return;
		}
		Map<String, Object> metadata = new LinkedHashMap<>();
		String port = port(environment, classes.test(NET_DEVH));
		if (port != null) {
			metadata.put(METADATA + "[gRPC_port]", port);
		}
		String service = service(environment);
		if (service != null) {
			metadata.put(METADATA + "[grpc-discovery-beside]", service);
		}
		if (!metadata.isEmpty()) {
			environment.getPropertySources().addLast(new MapPropertySource("grpcDiscoverySpringCloud", metadata));
		}
	}

	// one that is chosen at start is not known yet
	private static @Nullable String port(ConfigurableEnvironment environment, boolean netDevh) {
		String port = Stream.of("grpc.discovery.registration.port", "grpc.server.port", "spring.grpc.server.port")
			.map((name) -> text(environment, name))
			.filter((text) -> !text.isEmpty())
			.findFirst()
			.orElse(netDevh ? NET_DEVH_PORT : null);
		return (port != null && port.matches("[1-9][0-9]{0,4}")) ? port : null;
	}

	// the name that our own entry is registered under, if there is one in Consul
	private static @Nullable String service(ConfigurableEnvironment environment) {
		if (isOff(environment, "grpc.discovery.enabled") || isOff(environment, "grpc.discovery.registration.enabled")) {
			return null;
		}
		List<String> chosen = Binder.get(environment).bind("grpc.discovery.registry", STRINGS).orElse(List.of());
		boolean consul = chosen.isEmpty() ? environment.containsProperty("grpc.discovery.consul.host")
				: chosen.contains("consul");
		String written = text(environment, "grpc.discovery.registration.service");
		String service = written.isEmpty() ? text(environment, "spring.application.name") : written;
		return (consul && !service.isEmpty()) ? service : null;
	}

	private static boolean isOff(ConfigurableEnvironment environment, String property) {
		return "false".equalsIgnoreCase(text(environment, property));
	}

	// a reference to a property that is read later, such as from a @PropertySource, must
	// not end the start of the application: it is resolved where it is used
	private static String text(ConfigurableEnvironment environment, String property) {
		try {
			return environment.getProperty(property, "").strip();
		}
		catch (IllegalArgumentException ex) {
			return "${" + property + "}";
		}
	}

	/**
	 * After the application's own files were read.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
