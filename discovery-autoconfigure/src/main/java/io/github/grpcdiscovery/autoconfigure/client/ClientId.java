package io.github.grpcdiscovery.autoconfigure.client;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.core.env.Environment;

/**
 * Names this application among all clients of a service, the same after a restart: by the
 * id of its own instance, or by its name, its machine and its ports. A name that two
 * share costs nothing but evenness.
 */
final class ClientId {

	private static final String[] PORTS = { "grpc.server.port", "spring.grpc.server.port", "server.port" };

	private ClientId() {
	}

	static String of(Environment environment) {
		String instance = environment.getProperty("grpc.discovery.registration.instance-id");
		return Stream
			.concat(Stream.of(environment.getProperty("spring.application.name", ""),
					(instance != null) ? instance : machine()), Stream.of(PORTS).map((port) -> port(environment, port)))
			.collect(Collectors.joining("/"));
	}

	private static String port(Environment environment, String property) {
		return environment.getProperty(property, "");
	}

	private static String machine() {
		String name = System.getenv("HOSTNAME");
		if (name != null && !name.isBlank()) {
			return name;
		}
		try {
			return InetAddress.getLocalHost().getHostName();
		}
		catch (UnknownHostException ex) {
			return "";
		}
	}

}
