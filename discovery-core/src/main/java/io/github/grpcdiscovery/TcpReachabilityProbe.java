package io.github.grpcdiscovery;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
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

	/** So many addresses are probed at a time; the others are probed next time. */
	static final int MAX = 256;

	/** So many connections are begun at a time, for all who ask. */
	private static final int MAX_OPEN = 1024;

	private static final int LOOK_UPS = 4;

	private final boolean unresponsiveIsUnreachable;

	private final ThreadPoolExecutor probes = threads(1, "grpc-discovery-reachability");

	private final ThreadPoolExecutor lookUps = threads(LOOK_UPS, "grpc-discovery-reachability-names");

	private final Queue<ReachabilityInquiry> waiting = new ConcurrentLinkedQueue<>();

	private volatile @Nullable Selector selector;

	/**
	 * Creates it without a thread.
	 * @param unresponsiveIsUnreachable whether no response, or no route, counts as
	 * unreachable
	 */
	TcpReachabilityProbe(boolean unresponsiveIsUnreachable) {
		this.unresponsiveIsUnreachable = unresponsiveIsUnreachable;
	}

	private static ThreadPoolExecutor threads(int number, String name) {
		ThreadPoolExecutor executor = new ThreadPoolExecutor(number, number, 5, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), DaemonThreads.named(name));
		executor.allowCoreThreadTimeOut(true);
		return executor;
	}

	@Override
	public void check(Collection<HostAndPort> addresses, Consumer<Set<HostAndPort>> unreachable) {
		List<HostAndPort> shuffled = new ArrayList<>(addresses);
		Collections.shuffle(shuffled);
		List<HostAndPort> some = shuffled.subList(0, Math.min(shuffled.size(), MAX));
		ReachabilityInquiry inquiry = new ReachabilityInquiry(some, unreachable, this.unresponsiveIsUnreachable);
		if (some.stream().allMatch(HostAndPort::isLiteral)) {
			add(inquiry);
		}
		else {
			this.lookUps.execute(() -> add(inquiry));
		}
	}

	private void add(ReachabilityInquiry inquiry) {
		inquiry.lookUp();
		this.waiting.add(inquiry);
		this.probes.execute(this::probeAll);
		Selector selector = this.selector;
		if (selector != null) {
			selector.wakeup();
		}
	}

	// until nobody asks any more; what was put in later is found by the next run
	private void probeAll() {
		if (this.waiting.isEmpty()) {
			return;
		}
		Set<ReachabilityInquiry> open = new LinkedHashSet<>();
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
			logger.debug("Could not probe whether addresses accept connections", ex);
			answerNothing(open);
		}
		finally {
			this.selector = null;
		}
	}

	// for a reason of this machine's own; each is waited for
	private void answerNothing(Set<ReachabilityInquiry> open) {
		open.forEach(ReachabilityInquiry::answerNothing);
		for (ReachabilityInquiry next = this.waiting.poll(); next != null; next = this.waiting.poll()) {
			next.answerNothing();
		}
	}

	private void begin(Selector selector, Set<ReachabilityInquiry> open) {
		while (selector.keys().size() < MAX_OPEN) {
			ReachabilityInquiry inquiry = this.waiting.poll();
			if (inquiry == null) {
				return;
			}
			inquiry.begin(selector);
			open.add(inquiry);
		}
	}

	private static long remainingMillis(Set<ReachabilityInquiry> open) {
		return open.stream().mapToLong(ReachabilityInquiry::remainingMillis).min().orElse(0);
	}

	private static void connected(SelectionKey key) {
		((ReachabilityInquiry) key.attachment()).connected(key);
	}

	private static void finish(Set<ReachabilityInquiry> open) {
		open.removeIf((inquiry) -> {
			boolean over = inquiry.isOver();
			if (over) {
				inquiry.answer();
			}
			return over;
		});
	}

}
