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
 * What one caller of {@link TcpReachabilityProbe} has asked: some addresses, a connection
 * to each, and one answer. On one thread after the other.
 */
final class ReachabilityInquiry {

	private static final Logger logger = LoggerFactory.getLogger(ReachabilityInquiry.class);

	/** Long enough for a second SYN when the first one is lost. */
	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private final List<HostAndPort> addresses;

	private final Consumer<Set<HostAndPort>> listener;

	private final boolean silentIsAbsent;

	private final Map<HostAndPort, InetSocketAddress> found = new HashMap<>();

	private final Map<SelectionKey, HostAndPort> pending = new HashMap<>();

	private final Set<HostAndPort> absent = new HashSet<>();

	private long end;

	/**
	 * Creates it.
	 * @param addresses which are asked
	 * @param listener given those where nobody listens
	 * @param silentIsAbsent whether nobody listens where no answer comes, or no way leads
	 */
	ReachabilityInquiry(List<HostAndPort> addresses, Consumer<Set<HostAndPort>> listener, boolean silentIsAbsent) {
		this.addresses = addresses;
		this.listener = listener;
		this.silentIsAbsent = silentIsAbsent;
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
		logger.debug("{} does not answer: {}", address, cause.toString());
		boolean silent = cause instanceof NoRouteToHostException && this.silentIsAbsent;
		if (address != null && (cause instanceof ConnectException || silent)) {
			this.absent.add(address);
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
		if (this.silentIsAbsent) {
			this.absent.addAll(this.pending.values());
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
		this.listener.accept(this.absent);
	}

	private static void close(Closeable channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			logger.debug("A connection could not be closed", ex);
		}
	}

}
