package io.github.grpcdiscovery.watch;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.HostAndPort;

/**
 * Asks by opening TCP connections, many at a time, on a thread that is there only while
 * there is something to ask. What fails for a reason of this machine's own, such as too
 * many open files, says nothing about the other one.
 */
final class TcpPresence implements Presence {

	private static final Logger logger = LoggerFactory.getLogger(TcpPresence.class);

	/** So many are asked at a time; the others are asked next time. */
	static final int MAX = 256;

	/** Long enough for a second SYN when the first one is lost. */
	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private final boolean silentIsAbsent;

	private final ThreadPoolExecutor executor;

	/**
	 * Creates it without a thread.
	 * @param silentIsAbsent whether nobody listens where no answer comes, or no way leads
	 */
	TcpPresence(boolean silentIsAbsent) {
		this.silentIsAbsent = silentIsAbsent;
		this.executor = new ThreadPoolExecutor(2, 2, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), (task) -> {
			Thread thread = new Thread(task, "grpc-discovery-presence");
			thread.setDaemon(true);
			return thread;
		});
		this.executor.allowCoreThreadTimeOut(true);
	}

	@Override
	public void check(Collection<HostAndPort> addresses, Consumer<Set<HostAndPort>> absent) {
		List<HostAndPort> asked = new ArrayList<>(addresses);
		Collections.shuffle(asked);
		this.executor.execute(() -> absent.accept(absent(asked.subList(0, Math.min(asked.size(), MAX)))));
	}

	private Set<HostAndPort> absent(List<HostAndPort> addresses) {
		Set<HostAndPort> absent = new HashSet<>();
		Set<SocketChannel> open = new HashSet<>();
		try (Selector selector = Selector.open()) {
			for (HostAndPort address : addresses) {
				SocketChannel channel = SocketChannel.open();
				open.add(channel);
				channel.configureBlocking(false);
				if (begin(channel, address, absent)) {
					channel.register(selector, SelectionKey.OP_CONNECT, address);
				}
			}
			await(selector, absent);
		}
		catch (IOException ex) {
			logger.debug("Could not ask all of {} addresses whether somebody listens", addresses.size(), ex);
		}
		finally {
			open.forEach(TcpPresence::close);
		}
		return absent;
	}

	// whether it is still to be waited for
	private boolean begin(SocketChannel channel, HostAndPort address, Set<HostAndPort> absent) {
		try {
			return !channel.connect(new InetSocketAddress(address.host(), address.port()));
		}
		catch (RuntimeException | IOException ex) {
			// an IPv6 address is no IOException where the JVM has IPv4 alone
			note(address, ex, absent);
			return false;
		}
	}

	private void await(Selector selector, Set<HostAndPort> absent) throws IOException {
		long end = System.nanoTime() + TIMEOUT.toNanos();
		while (!selector.keys().isEmpty()) {
			long remaining = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
			if (remaining <= 0) {
				if (this.silentIsAbsent) {
					selector.keys().forEach((key) -> absent.add((HostAndPort) key.attachment()));
				}
				return;
			}
			selector.select((key) -> {
				try {
					((SocketChannel) key.channel()).finishConnect();
				}
				catch (IOException ex) {
					note((HostAndPort) key.attachment(), ex, absent);
				}
				key.cancel();
			}, remaining);
			selector.selectNow();
		}
	}

	private void note(HostAndPort address, Exception cause, Set<HostAndPort> absent) {
		logger.debug("{} does not answer: {}", address, cause.toString());
		boolean silent = cause instanceof NoRouteToHostException || cause instanceof UnresolvedAddressException;
		if (cause instanceof ConnectException || (silent && this.silentIsAbsent)) {
			absent.add(address);
		}
	}

	private static void close(SocketChannel channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			logger.debug("A connection could not be closed", ex);
		}
	}

}
