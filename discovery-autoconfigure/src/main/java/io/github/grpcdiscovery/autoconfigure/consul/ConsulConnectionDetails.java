package io.github.grpcdiscovery.autoconfigure.consul;

import java.net.URI;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/**
 * What is needed to reach Consul. A bean of this type, such as one of Testcontainers,
 * takes the place of the properties.
 */
public interface ConsulConnectionDetails extends ConnectionDetails {

	/**
	 * Where the agent's HTTP API listens.
	 * @return {@code http://host:port} or {@code https://host:port}
	 */
	URI getAgent();

	/**
	 * The ACL token.
	 * @return {@code null} for none
	 */
	default @Nullable String getToken() {
		return null;
	}

	/**
	 * What TLS is made with, for an {@code https} agent.
	 * @return {@code null} for the JVM's defaults
	 */
	default @Nullable SslBundle getSslBundle() {
		return null;
	}

}
