package io.github.grpcdiscovery.etcd;

import java.util.Set;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;

/**
 * What a TLS connection to etcd is made with. The server's host name is always verified.
 *
 * @param trust decides which servers are trusted; {@code null} for the JVM's default
 * trust store
 * @param key holds the certificate shown to a server that asks for one; {@code null} to
 * show none
 * @param protocols enabled protocols, such as {@code TLSv1.3}; empty for the defaults
 * @param ciphers enabled cipher suites; empty for those that HTTP/2 recommends
 */
public record EtcdTls(@Nullable TrustManagerFactory trust, @Nullable KeyManagerFactory key, Set<String> protocols,
		Set<String> ciphers) {

	/** TLS with the JVM's default trust store and no certificate of our own. */
	public static final EtcdTls DEFAULT = new EtcdTls(null, null, Set.of(), Set.of());

	/**
	 * Copies the sets.
	 */
	public EtcdTls {
		protocols = Set.copyOf(protocols);
		ciphers = Set.copyOf(ciphers);
	}

	@Override
	public String toString() {
		return "EtcdTls[%s, %s]".formatted((this.trust != null) ? "own trust" : "default trust",
				(this.key != null) ? "client certificate" : "no client certificate");
	}

}
