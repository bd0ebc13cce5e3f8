package io.github.grpcdiscovery.autoconfigure.server;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;

/**
 * What the settings of the gRPC stacks make this application's server speak. What a
 * program does to the server's builder is not seen.
 *
 * @param tls whether the server speaks TLS
 * @param clientCertificate whether it refuses clients that show no certificate
 */
public record ServerTransport(boolean tls, boolean clientCertificate) {

	private static final ServerTransport PLAINTEXT = new ServerTransport(false, false);

	/**
	 * Reads the settings of every stack that this jar knows.
	 * @param environment the application's environment
	 * @return plaintext where there are none
	 */
	public static ServerTransport of(Environment environment) {
		Binder binder = Binder.get(environment);
		return SpringFactoriesLoader.forDefaultResourceLocation(ServerTransport.class.getClassLoader())
			.load(ServerTransportSettings.class)
			.stream()
			.map((settings) -> settings.read(binder))
			.reduce(PLAINTEXT, ServerTransport::or);
	}

	/**
	 * What a server speaks by the settings that both stacks have.
	 * @param tls whether it speaks TLS
	 * @param clientAuth how it treats certificates of clients; {@code require}, in any
	 * case, to refuse those without
	 * @return what it speaks
	 */
	public static ServerTransport of(boolean tls, String clientAuth) {
		return new ServerTransport(tls, tls && "require".equalsIgnoreCase(clientAuth));
	}

	private ServerTransport or(ServerTransport other) {
		return new ServerTransport(this.tls || other.tls, this.clientCertificate || other.clientCertificate);
	}

}
