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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.internal.util.DaemonThreads;

/**
 * Asks by opening TCP connections, for all services at a time, on a thread that is there
 * only while there is something to ask. Host names are looked up beside it, so that a
 * slow name server keeps only those waiting who ask for names. What fails for a reason of
 * this machine's own, such as too many open files or a name that cannot be looked up,
 * says nothing about the other one.
 */
final class TcpReachabilityProbe implements ReachabilityProbe {

	private static final Logger logger = LoggerFactory.getLogger(TcpReachabilityProbe.class);

	/** So many are asked at a time; the others are asked next time. */
	static final int MAX = 256;

	/** So many connections are begun at a time, for all who ask. */
	private static final int MAX_OPEN = 1024;

	private static final int LOOK_UPS = 4;

	/** Long enough for a second SYN when the first one is lost. */
	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private final boolean silentIsAbsent;

	private final ThreadPoolExecutor asking = threads(1, "grpc-discovery-reachability");

	private final ThreadPoolExecutor lookUps = threads(LOOK_UPS, "grpc-discovery-reachability-names");

	private final Queue<Inquiry> waiting = new ConcurrentLinkedQueue<>();

	private volatile @Nullable Selector selector;

	/**
	 * Creates it without a thread.
	 * @param silentIsAbsent whether nobody listens where no answer comes, or no way leads
	 */
	TcpReachabilityProbe(boolean silentIsAbsent) {
		this.silentIsAbsent = silentIsAbsent;
	}

	private static ThreadPoolExecutor threads(int number, String name) {
		ThreadPoolExecutor executor = new ThreadPoolExecutor(number, number, 5, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), DaemonThreads.named(name));
		executor.allowCoreThreadTimeOut(true);
		return executor;
	}

	@Override
	public void check(Collection<HostAndPort> addresses, Consumer<Set<HostAndPort>> absent) {
		List<HostAndPort> asked = new ArrayList<>(addresses);
		Collections.shuffle(asked);
		List<HostAndPort> some = asked.subList(0, Math.min(asked.size(), MAX));
		Inquiry inquiry = new Inquiry(some, absent);
		if (some.stream().allMatch(HostAndPort::isLiteral)) {
			ask(inquiry);
		}
		else {
			this.lookUps.execute(() -> ask(inquiry));
		}
	}

	private void ask(Inquiry inquiry) {
		inquiry.lookUp();
		this.waiting.add(inquiry);
		this.asking.execute(this::askAll);
		Selector selector = this.selector;
		if (selector != null) {
			selector.wakeup();
		}
	}

	// until nobody asks any more; what was put in later is found by the next run
	private void askAll() {
		if (this.waiting.isEmpty()) {
			return;
		}
		Set<Inquiry> open = new LinkedHashSet<>();
		try (Selector selector = Selector.open()) {
			this.selector = selector;
			begin(selector, open);
			while (!open.isEmpty()) {
				selector.select(TcpReachabilityProbe::connected, Math.max(1, remainingMillis(open)));
				finish(open);
				begin(selector, open);
			}
		}
		catch (RuntimeException | IOException ex) {
			logger.debug("Could not ask whether somebody listens", ex);
			answerNothing(open);
		}
		finally {
			this.selector = null;
		}
	}

	// for a reason of this machine's own; each is waited for
	private void answerNothing(Set<Inquiry> open) {
		open.forEach((inquiry) -> inquiry.answer(false));
		for (Inquiry next = this.waiting.poll(); next != null; next = this.waiting.poll()) {
			next.answer(false);
		}
	}

	private void begin(Selector selector, Set<Inquiry> open) {
		while (selector.keys().size() < MAX_OPEN) {
			Inquiry inquiry = this.waiting.poll();
			if (inquiry == null) {
				return;
			}
			inquiry.begin(selector);
			open.add(inquiry);
		}
	}

	private static long remainingMillis(Set<Inquiry> open) {
		long now = System.nanoTime();
		return open.stream()
			.mapToLong(
					(inquiry) -> inquiry.pending.isEmpty() ? 0 : TimeUnit.NANOSECONDS.toMillis(inquiry.end - now) + 1)
			.min()
			.orElse(0);
	}

	private static void connected(SelectionKey key) {
		Inquiry inquiry = (Inquiry) key.attachment();
		HostAndPort address = inquiry.pending.remove(key);
		try {
			((SocketChannel) key.channel()).finishConnect();
		}
		catch (IOException ex) {
			inquiry.note(address, ex);
		}
		close(key.channel());
	}

	private void finish(Set<Inquiry> open) {
		open.removeIf((inquiry) -> {
			boolean over = inquiry.pending.isEmpty() || System.nanoTime() - inquiry.end >= 0;
			if (over) {
				inquiry.answer(this.silentIsAbsent);
			}
			return over;
		});
	}

	private static void close(Closeable channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			logger.debug("A connection could not be closed", ex);
		}
	}

	/** What one has asked. On one thread after the other. */
	private final class Inquiry {

		private final List<HostAndPort> addresses;

		private final Consumer<Set<HostAndPort>> listener;

		private final Map<HostAndPort, InetSocketAddress> found = new HashMap<>();

		private final Map<SelectionKey, HostAndPort> pending = new HashMap<>();

		private final Set<HostAndPort> absent = new HashSet<>();

		private long end;

		Inquiry(List<HostAndPort> addresses, Consumer<Set<HostAndPort>> listener) {
			this.addresses = addresses;
			this.listener = listener;
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

		void note(@Nullable HostAndPort address, Exception cause) {
			logger.debug("{} does not answer: {}", address, cause.toString());
			boolean silent = cause instanceof NoRouteToHostException && TcpReachabilityProbe.this.silentIsAbsent;
			if (address != null && (cause instanceof ConnectException || silent)) {
				this.absent.add(address);
			}
		}

		void answer(boolean silentIsAbsent) {
			if (silentIsAbsent) {
				this.absent.addAll(this.pending.values());
			}
			this.pending.keySet().forEach((key) -> close(key.channel()));
			this.pending.clear();
			this.listener.accept(this.absent);
		}

	}

}
