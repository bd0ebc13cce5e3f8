package io.github.grpcdiscovery.autoconfigure.etcd;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/**
 * What is needed to reach etcd. A bean of this type, such as one of Testcontainers, takes
 * the place of the properties.
 */
public interface EtcdConnectionDetails extends ConnectionDetails {

	/**
	 * Where etcd listens.
	 * @return at least one of {@code http://host:port} or {@code https://host:port}
	 */
	List<String> getEndpoints();

	/**
	 * The user to authenticate as.
	 * @return {@code null} for none
	 */
	default @Nullable String getUser() {
		return null;
	}

	/**
	 * The user's password.
	 * @return {@code null} for none
	 */
	default @Nullable String getPassword() {
		return null;
	}

	/**
	 * What TLS is made with, for {@code https} endpoints.
	 * @return {@code null} for the JVM's defaults
	 */
	default @Nullable SslBundle getSslBundle() {
		return null;
	}

}
