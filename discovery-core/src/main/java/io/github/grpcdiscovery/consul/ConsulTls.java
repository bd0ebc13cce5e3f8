package io.github.grpcdiscovery.consul;

import javax.net.ssl.SSLContext;

/**
 * What a TLS connection to Consul is made with. The server's host name is always
 * verified.
 *
 * @param context decides which servers are trusted, and holds the certificate shown to a
 * server that asks for one
 */
public record ConsulTls(SSLContext context) {

	@Override
	public String toString() {
		return "ConsulTls[" + this.context.getProtocol() + "]";
	}

}
