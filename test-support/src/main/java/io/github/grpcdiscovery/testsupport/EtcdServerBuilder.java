package io.github.grpcdiscovery.testsupport;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Describes an {@link EtcdServer}. Without any setting: one member, plain text, no
 * authentication, a temporary data directory and free ports that it keeps across
 * restarts.
 */
public final class EtcdServerBuilder {

	final String name;

	final int peerPort;

	@Nullable Path dataDirectory;

	int port;

	EtcdTls tls = EtcdTls.NONE;

	final List<String> arguments = new ArrayList<>();

	@Nullable String initialCluster;

	EtcdServerBuilder(String name) {
		this.name = name;
		this.peerPort = FreePorts.next();
	}

	/**
	 * Keeps the data in this directory, which close() leaves alone; a temporary one,
	 * unless told.
	 * @param directory need not exist
	 * @return this
	 */
	public EtcdServerBuilder dataDirectory(Path directory) {
		this.dataDirectory = directory;
		return this;
	}

	/**
	 * Serves clients on this port; a free one, unless told.
	 * @param port port on the loopback address
	 * @return this
	 */
	public EtcdServerBuilder port(int port) {
		this.port = port;
		return this;
	}

	/**
	 * Limits the size of the store, so that {@link EtcdOperations#fillQuota} can fill it.
	 * @param bytes a few MiB are quick to fill
	 * @return this
	 */
	public EtcdServerBuilder quotaBackendBytes(long bytes) {
		return args("--quota-backend-bytes=" + bytes);
	}

	/**
	 * Limits the life of the simple tokens that clients get for their password.
	 * @param ttl whole seconds
	 * @return this
	 */
	public EtcdServerBuilder authTokenTtl(Duration ttl) {
		return args("--auth-token-ttl=" + ttl.toSeconds());
	}

	/**
	 * Serves clients by TLS.
	 * @param server the server's certificate; its names must cover 127.0.0.1 for etcdctl
	 * @param authority certificate of the authority that signed it
	 * @return this
	 */
	public EtcdServerBuilder tls(CertificateFiles server, Path authority) {
		this.tls = new EtcdTls(server, authority, this.tls.client());
		return this;
	}

	/**
	 * Asks every client for a certificate of the authority given to {@link #tls}.
	 * @param etcdctl the certificate that etcdctl shows
	 * @return this
	 */
	public EtcdServerBuilder requireClientCertificate(CertificateFiles etcdctl) {
		this.tls = new EtcdTls(this.tls.server(), this.tls.authority(), etcdctl);
		return this;
	}

	/**
	 * Adds arguments to etcd's command line.
	 * @param arguments such as {@code --auto-compaction-retention=1s}
	 * @return this
	 */
	public EtcdServerBuilder args(String... arguments) {
		this.arguments.addAll(List.of(arguments));
		return this;
	}

	EtcdServerBuilder initialCluster(String cluster) {
		this.initialCluster = cluster;
		return this;
	}

	String peer() {
		return this.name + "=" + "http://127.0.0.1:" + this.peerPort;
	}

	/**
	 * Makes the server, but does not start it; its ports are known.
	 * @return the server, stopped
	 */
	public EtcdServer build() {
		if (this.port == 0) {
			this.port = FreePorts.next();
		}
		return new EtcdServer(this);
	}

	/**
	 * Makes the server and starts it.
	 * @return the server, ready
	 */
	public EtcdServer start() {
		EtcdServer server = build();
		server.start();
		return server;
	}

}
