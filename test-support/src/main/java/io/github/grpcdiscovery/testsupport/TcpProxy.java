package io.github.grpcdiscovery.testsupport;

import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

/**
 * A bad network in front of a server on this machine. Clients connect to {@link #port()},
 * which stays the same until it is closed. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {

	private final int port = FreePorts.next();

	private final Gate gate = new Gate();

	private final List<ProxiedConnection> connections = new CopyOnWriteArrayList<>();

	private final Map<Integer, Long> limits = new ConcurrentHashMap<>();

	private volatile long commonLimit = Long.MAX_VALUE;

	private volatile int targetPort;

	private @Nullable Listener listener; // guarded by this

	private TcpProxy(int targetPort) {
		this.targetPort = targetPort;
	}

	/**
	 * Starts a proxy.
	 * @param targetPort port of the server on the loopback address; it need not listen
	 * yet
	 * @return the proxy, accepting connections
	 */
	public static TcpProxy to(int targetPort) {
		TcpProxy proxy = new TcpProxy(targetPort);
		proxy.accept();
		return proxy;
	}

	/**
	 * Sends the connections that come from now on to another server.
	 * @param port port of the server on the loopback address
	 */
	public void target(int port) {
		this.targetPort = port;
	}

	/**
	 * Closes all present connections, as a restarting firewall does. New ones are
	 * welcome.
	 */
	public void cut() {
		this.connections.forEach(ProxiedConnection::close);
	}

	/**
	 * Ends all present connections in order, as the kernel does for a killed process that
	 * has read all that was sent to it: the client reads the end of the stream, and
	 * nothing is reset. New ones are welcome.
	 */
	public void finish() {
		this.connections.forEach(ProxiedConnection::finish);
	}

	/** Stops listening, so that new connections are refused. Present ones stay. */
	public void refuse() {
		Listener former;
		synchronized (this) {
			former = this.listener;
			this.listener = null;
		}
		if (former != null) {
			former.close(); // without the lock, which its thread may be waiting for
		}
	}

	/** Listens again after {@link #refuse()}. */
	public synchronized void accept() {
		if (this.listener == null) {
			this.listener = new Listener(this.port, this::add);
		}
	}

	private synchronized void add(Socket client) {
		int number = this.connections.size() + 1;
		ProxiedConnection connection = new ProxiedConnection(number, client, this.gate,
				() -> Math.min(this.commonLimit, this.limits.getOrDefault(number, Long.MAX_VALUE)));
		this.connections.add(connection);
		connection.start(this.targetPort);
	}

	/**
	 * Keeps all connections open, accepts new ones and passes no byte, as a black hole
	 * does.
	 */
	public void freeze() {
		this.gate.freeze(true);
	}

	/**
	 * Passes no byte of the present connections any more, and keeps them open, as a load
	 * balancer does that forgot them. New ones are served.
	 */
	public void freezePresent() {
		this.connections.forEach(ProxiedConnection::freeze);
	}

	/** Passes on everything that {@link #freeze()} held back. */
	public void thaw() {
		this.gate.freeze(false);
	}

	/**
	 * Holds each piece of data back, up to 16 KiB in each direction, before it is passed
	 * on.
	 * @param delay latency in one direction; zero for none
	 */
	public void delay(Duration delay) {
		this.gate.delay(delay);
	}

	/**
	 * Cuts one connection once the server has sent so much on it.
	 * @param connectionNumber number of the connection, counted from 1 in the order of
	 * arrival
	 * @param serverBytes exactly so many bytes reach the client
	 */
	public void cutAfterBytes(int connectionNumber, long serverBytes) {
		this.limits.put(connectionNumber, serverBytes);
	}

	/**
	 * Cuts the connection that comes next once the server has sent so much on it.
	 * @param serverBytes exactly so many bytes reach the client
	 */
	public synchronized void cutNextAfterBytes(long serverBytes) {
		cutAfterBytes(this.connections.size() + 1, serverBytes);
	}

	/**
	 * Cuts every connection, present or to come, once the server has sent so much on it.
	 * @param serverBytes exactly so many bytes reach the client; {@link Long#MAX_VALUE}
	 * for no cut
	 */
	public void cutEachAfterBytes(long serverBytes) {
		this.commonLimit = serverBytes;
	}

	public int port() {
		return this.port;
	}

	/**
	 * The address of this proxy for a client.
	 * @param scheme such as {@code http}
	 * @return the address
	 */
	public URI uri(String scheme) {
		return URI.create(scheme + "://127.0.0.1:" + this.port);
	}

	/**
	 * Counts the connections accepted since the start.
	 * @return how many
	 */
	public int connections() {
		return this.connections.size();
	}

	/**
	 * Counts the connections that are open now.
	 * @return how many
	 */
	public int openConnections() {
		return (int) this.connections.stream().filter(ProxiedConnection::isOpen).count();
	}

	/**
	 * What each client said first, whether or not it was passed on. The first byte of TLS
	 * is 0x16.
	 * @return the first piece of data of each connection, in their order; empty for a
	 * silent one
	 */
	public List<byte[]> firstClientBytes() {
		return this.connections.stream().map(ProxiedConnection::firstClientBytes).toList();
	}

	/** Stops listening and closes all connections. Idempotent. */
	@Override
	public void close() {
		refuse();
		cut();
	}

	@Override
	public String toString() {
		return "proxy on port " + this.port + " to " + this.targetPort;
	}

}
