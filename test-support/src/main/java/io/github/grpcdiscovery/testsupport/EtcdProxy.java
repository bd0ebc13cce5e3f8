package io.github.grpcdiscovery.testsupport;

import java.net.URI;
import java.util.List;

/**
 * A real {@code etcd grpc-proxy} on the loopback address, in front of one server.
 */
public final class EtcdProxy implements AutoCloseable {

	private final ServerProcess process = new ServerProcess("etcd-grpc-proxy");

	private final URI endpoint = URI.create("http://127.0.0.1:" + FreePorts.next());

	private EtcdProxy(EtcdServer server) {
		this.process.launch(List.of(RegistryBinaries.etcd().toString(), "grpc-proxy", "start",
				"--endpoints=" + server.endpoint(), "--listen-addr=" + this.endpoint.getAuthority(),
				"--advertise-client-url=" + this.endpoint.getAuthority(), "--data-dir=" + this.process.path("data")))
			.waitUntil("answers", this::isReady);
	}

	/**
	 * Starts a proxy.
	 * @param server what is behind it
	 * @return the proxy, ready
	 */
	public static EtcdProxy to(EtcdServer server) {
		return new EtcdProxy(server);
	}

	private boolean isReady() {
		return Http.text(this.endpoint.resolve("/health")) != null;
	}

	/**
	 * Where clients reach it.
	 * @return its address
	 */
	public URI endpoint() {
		return this.endpoint;
	}

	/**
	 * What it has logged.
	 * @return the text
	 */
	public String log() {
		return this.process.log();
	}

	/** Kills it and deletes its temporary files. Idempotent. */
	@Override
	public void close() {
		this.process.close();
	}

	@Override
	public String toString() {
		return "etcd grpc-proxy at " + this.endpoint;
	}

}
