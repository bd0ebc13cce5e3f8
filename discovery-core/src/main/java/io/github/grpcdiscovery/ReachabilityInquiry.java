package io.github.grpcdiscovery;

import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one caller of {@link TcpReachabilityProbe} asked for: some addresses, a connection
 * to each, and one answer. On one thread after the other.
 */
final class ReachabilityInquiry {

	private static final Logger logger = LoggerFactory.getLogger(ReachabilityInquiry.class);

	/** Long enough for a second SYN when the first one is lost. */
	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private final List<HostAndPort> addresses;

	private final Consumer<Set<HostAndPort>> listener;

	private final boolean unresponsiveIsUnreachable;

	private final Map<HostAndPort, InetSocketAddress> found = new HashMap<>();

	private final Map<SelectionKey, HostAndPort> pending = new HashMap<>();

	private final Set<HostAndPort> unreachable = new HashSet<>();

	private long end;

	/**
	 * Creates it.
	 * @param addresses which are probed
	 * @param listener given those where nobody listens
	 * @param unresponsiveIsUnreachable whether no response, or no route, counts as
	 * unreachable
	 */
	ReachabilityInquiry(List<HostAndPort> addresses, Consumer<Set<HostAndPort>> listener,
			boolean unresponsiveIsUnreachable) {
		this.addresses = addresses;
		this.listener = listener;
		this.unresponsiveIsUnreachable = unresponsiveIsUnreachable;
	}

	void lookUp() {
		for (HostAndPort address : this.addresses) {
			InetSocketAddress found = new InetSocketAddress(address.host(), address.port());
			if (!found.isUnresolved()) {
				this.found.put(address, found);
			}
		}
	}

	void begin(Selector selector) {
		this.end = System.nanoTime() + TIMEOUT.toNanos();
		this.found.forEach((address, socket) -> {
			try {
				begin(selector, address, socket);
			}
			catch (RuntimeException | IOException ex) {
				// an IPv6 address is no IOException where the JVM has IPv4 alone
				note(address, ex);
			}
		});
	}

	private void begin(Selector selector, HostAndPort address, InetSocketAddress socket) throws IOException {
		SocketChannel channel = SocketChannel.open();
		boolean begun = false;
		try {
			channel.configureBlocking(false);
			if (!channel.connect(socket)) {
				this.pending.put(channel.register(selector, SelectionKey.OP_CONNECT, this), address);
				begun = true;
			}
		}
		finally {
			if (!begun) {
				close(channel);
			}
		}
	}

	private void note(@Nullable HostAndPort address, Exception cause) {
		logger.debug("{} does not accept connections: {}", address, cause.toString());
		boolean unresponsive = cause instanceof NoRouteToHostException && this.unresponsiveIsUnreachable;
		if (address != null && (cause instanceof ConnectException || unresponsive)) {
			this.unreachable.add(address);
		}
	}

	/**
	 * A connection was made, or could not be.
	 */
	void connected(SelectionKey key) {
		HostAndPort address = this.pending.remove(key);
		try {
			((SocketChannel) key.channel()).finishConnect();
		}
		catch (IOException ex) {
			note(address, ex);
		}
		close(key.channel());
	}

	/**
	 * How long answers are waited for.
	 * @return 0 if there is nothing to wait for
	 */
	long remainingMillis() {
		return this.pending.isEmpty() ? 0 : TimeUnit.NANOSECONDS.toMillis(this.end - System.nanoTime()) + 1;
	}

	boolean isOver() {
		return this.pending.isEmpty() || System.nanoTime() - this.end >= 0;
	}

	/**
	 * Says where nobody listens. Ends the connections that are still being made.
	 */
	void answer() {
		if (this.unresponsiveIsUnreachable) {
			this.unreachable.addAll(this.pending.values());
		}
		answerNothing();
	}

	/**
	 * The same where no answer came for a reason of this machine's own, which says
	 * nothing about the others.
	 */
	void answerNothing() {
		this.pending.keySet().forEach((key) -> close(key.channel()));
		this.pending.clear();
		this.listener.accept(this.unreachable);
	}

	private static void close(Closeable channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			logger.debug("Could not close a connection", ex);
		}
	}

}
