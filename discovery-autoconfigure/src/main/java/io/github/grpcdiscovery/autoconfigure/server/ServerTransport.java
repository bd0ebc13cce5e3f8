package io.github.grpcdiscovery.autoconfigure.server;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * What the settings of either gRPC stack make this application's server speak. What a
 * program does to the server's builder is not seen.
 *
 * @param tls whether the server speaks TLS
 * @param clientCertificate whether it refuses clients that show no certificate
 */
public record ServerTransport(boolean tls, boolean clientCertificate) {

	private static final String NET_DEVH = "grpc.server.security.";

	private static final String SPRING_BOOT = "spring.grpc.server.ssl.";

	/**
	 * Reads the settings.
	 * @param environment the application's environment
	 * @return plaintext where there are none
	 */
	public static ServerTransport of(Environment environment) {
		Binder binder = Binder.get(environment);
		boolean netDevh = binder.bind(NET_DEVH + "enabled", Boolean.class).orElse(false);
		boolean bundle = binder.bind(SPRING_BOOT + "bundle", String.class).isBound();
		boolean springBoot = binder.bind(SPRING_BOOT + "enabled", Boolean.class).orElse(bundle);
		return new ServerTransport(netDevh || springBoot, (netDevh && requiresCertificate(binder, NET_DEVH))
				|| (springBoot && requiresCertificate(binder, SPRING_BOOT)));
	}

	private static boolean requiresCertificate(Binder binder, String prefix) {
		return "require".equalsIgnoreCase(binder.bind(prefix + "client-auth", String.class).orElse(""));
	}

}
