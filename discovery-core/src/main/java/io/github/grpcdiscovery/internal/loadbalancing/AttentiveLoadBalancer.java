package io.github.grpcdiscovery.internal.loadbalancing;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.SynchronizationContext.ScheduledHandle;
import io.grpc.util.ForwardingLoadBalancer;
import io.grpc.util.ForwardingLoadBalancerHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.internal.retry.LostServer;
import io.github.grpcdiscovery.internal.util.Durations;
import io.github.grpcdiscovery.resolver.DiscoveryAttributes;

/**
 * Round robin over the servers that live. A server from which nothing comes for a while
 * although it was called is asked for a sign of life; if none comes while others give
 * one, it gets no calls until it does. No call is spent on finding out, and none is
 * needed for it to come back. Nobody is judged while nobody answers: the trouble is ours
 * then. In the channel's synchronization context, but for the picker.
 */
final class AttentiveLoadBalancer extends ForwardingLoadBalancer {

	private static final Logger logger = LoggerFactory.getLogger(AttentiveLoadBalancer.class);

	/** How often servers are looked at. */
	static final Duration INTERVAL = Duration.ofMillis(100);

	/** We were not running ourselves if it is as late as this. */
	private static final Duration LATE = Duration.ofMillis(500);

	/** So many others are asked when it is not known whether any server answers. */
	private static final int WITNESSES = 3;

	private final Helper helper;

	private final SynchronizationContext syncContext;

	private final LoadBalancer roundRobin;

	private final LongSupplier nanoTime;

	private final FirstConnections firstConnections;

	private final Set<Server> servers = new LinkedHashSet<>();

	private Duration unresponsiveAfter = Duration.ZERO;

	private @Nullable ScheduledHandle timer;

	private long lookedAt;

	// written in the synchronization context only
	private volatile int round = 1;

	private volatile boolean attentive;

	private volatile int retries;

	AttentiveLoadBalancer(Helper helper, LoadBalancerProvider roundRobin, LongSupplier nanoTime) {
		this.helper = helper;
		this.syncContext = helper.getSynchronizationContext();
		this.nanoTime = nanoTime;
		this.firstConnections = new FirstConnections(this.syncContext, helper.getScheduledExecutorService(),
				() -> this.attentive && this.servers.stream().anyMatch(Server::isConnecting), this::publish);
		this.roundRobin = roundRobin.newLoadBalancer(new ChildHelper());
	}

	@Override
	protected LoadBalancer delegate() {
		return this.roundRobin;
	}

	@Override
	public Status acceptResolvedAddresses(ResolvedAddresses resolved) {
		configure(unresponsiveAfter(resolved));
		return this.roundRobin.acceptResolvedAddresses(resolved.toBuilder().setLoadBalancingPolicyConfig(null).build());
	}

	private static Duration unresponsiveAfter(ResolvedAddresses resolved) {
		if (resolved.getLoadBalancingPolicyConfig() instanceof Config config && config.unresponsiveAfter() != null) {
			return config.unresponsiveAfter();
		}
		Duration ofResolver = resolved.getAttributes().get(DiscoveryAttributes.UNRESPONSIVE_AFTER);
		return (ofResolver != null) ? ofResolver : Duration.ZERO;
	}

	private void configure(Duration unresponsiveAfter) {
		if (unresponsiveAfter.equals(this.unresponsiveAfter)) {
			return;
		}
		this.unresponsiveAfter = unresponsiveAfter;
		this.attentive = !unresponsiveAfter.isZero();
		stopTimer();
		if (this.attentive) {
			this.lookedAt = this.nanoTime.getAsLong();
			this.timer = this.syncContext.scheduleWithFixedDelay(this::look, INTERVAL.toNanos(), INTERVAL.toNanos(),
					TimeUnit.NANOSECONDS, this.helper.getScheduledExecutorService());
		}
		else {
			this.servers.forEach(Server::forget);
		}
	}

	private void stopTimer() {
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

	private void publish(ConnectivityState state, SubchannelPicker picker) {
		this.helper.updateBalancingState(state,
				(state == ConnectivityState.READY) ? new AttentivePicker(picker) : picker);
	}

	@Override
	public void shutdown() {
		stopTimer();
		this.firstConnections.shutdown();
		this.attentive = false;
		List.copyOf(this.servers).forEach(Server::forget);
		this.roundRobin.shutdown();
	}

	// a quarter of the time for silence, the rest for an answer to the question
	private void look() {
		long now = this.nanoTime.getAsLong();
		boolean late = now - this.lookedAt > INTERVAL.plus(LATE).toNanos();
		this.lookedAt = now;
		this.round++;
		this.retries = 2 * this.servers.size();
		if (late) {
			// answers may wait in our own queues: everybody has all the time again
			this.servers.forEach((server) -> server.waitAnew(now));
			return;
		}
		long silence = this.unresponsiveAfter.toNanos() / 4;
		long patience = this.unresponsiveAfter.toNanos() - silence;
		List<Server> silent = new ArrayList<>();
		int heardInRound = 0;
		for (Server server : this.servers) {
			server.checkProtocol(now);
			server.forgetAnsweredQuestion();
			heardInRound = Math.max(heardInRound, server.heardInRound());
			if (server.isSilentFor(silence, now)) {
				server.ask(now);
			}
			else if (server.isAskedFor(patience, now)) {
				silent.add(server);
			}
		}
		if (!silent.isEmpty()) {
			boolean known = judge(silent, heardInRound);
			if (!known) {
				askOthers(patience, now);
			}
		}
	}

	// whether it is known of all; together, since one after the other costs the square
	private boolean judge(List<Server> silent, int heardInRound) {
		long left = mostOut(this.servers.stream().filter(Server::isConnected).count())
				- this.servers.stream().filter(Server::hangs).count();
		boolean known = true;
		for (Server server : silent) {
			// another one was heard then: this one would not be asked any more
			if (heardInRound <= server.askedInRound()) {
				known = false;
			}
			else if (left > 0) {
				server.takeOut();
				left--;
			}
		}
		return known;
	}

	/**
	 * Two thirds. A server that answers nothing wastes each call to it, so the share is
	 * larger than that of outlier detection in Envoy and gRPC (10 %), whose servers
	 * answer. Beyond it each of the rest would have more than three times its load, and
	 * it is more likely the load that makes them silent.
	 */
	private static long mostOut(long connected) {
		return 2 * connected / 3;
	}

	private void askOthers(long patience, long now) {
		int witnesses = 0;
		for (Server other : this.servers) {
			if (!other.hangs() && !other.isAskedFor(patience, now) && other.isAskedBy(now)) {
				witnesses++;
			}
			if (witnesses == WITNESSES) {
				return;
			}
		}
	}

	boolean anotherSpeaksGrpc(Server server) {
		return this.servers.stream().anyMatch((other) -> other != server && other.speaksGrpc());
	}

	/** The number of looks so far, as a coarse clock. Any thread. */
	int round() {
		return this.round;
	}

	/** The fine clock. Any thread. */
	long nanoTime() {
		return this.nanoTime.getAsLong();
	}

	SynchronizationContext syncContext() {
		return this.syncContext;
	}

	void isOut(Server server, boolean asked) {
		if (asked) {
			logger.warn(
					"{} of '{}' hangs: nothing came from it for {} while others answered. It gets no calls until it answers",
					server.name(), this.helper.getAuthority(), Durations.text(this.unresponsiveAfter));
		}
		else {
			logger.warn(
					"{} of '{}' takes no more calls: as many are under way as it allows on one connection, and none of them got anything for {}. It gets calls again when one ends (expected: a higher limit of concurrent streams on the server, or calls that end)",
					server.name(), this.helper.getAuthority(), Durations.text(this.unresponsiveAfter));
		}
	}

	void isBack(Server server, Duration after) {
		logger.info("{} of '{}' answers again after {}, and gets calls again", server.name(),
				this.helper.getAuthority(), Durations.rounded(after));
	}

	void speaksNoGrpc(Server server, String answer) {
		logger.warn("Ejected {} of '{}': it does not speak gRPC ({}). It gets no calls until it does", server.name(),
				this.helper.getAuthority(), answer);
	}

	void speaksGrpc(Server server, Duration after) {
		logger.info("{} of '{}' speaks gRPC after {}, and gets calls again", server.name(), this.helper.getAuthority(),
				Durations.rounded(after));
	}

	void isGone(Server server) {
		this.servers.remove(server);
	}

	/**
	 * When a server is taken out.
	 *
	 * @param unresponsiveAfter how long nothing came from it; {@code null} to leave it to
	 * the resolver
	 */
	record Config(@Nullable Duration unresponsiveAfter) {

		static final Config ABSENT = new Config(null);

	}

	private final class ChildHelper extends ForwardingLoadBalancerHelper {

		@Override
		protected Helper delegate() {
			return AttentiveLoadBalancer.this.helper;
		}

		@Override
		public Subchannel createSubchannel(CreateSubchannelArgs args) {
			Server server = new Server(AttentiveLoadBalancer.this, delegate().createSubchannel(args),
					args.getAddresses());
			AttentiveLoadBalancer.this.servers.add(server);
			return server;
		}

		@Override
		public void updateBalancingState(ConnectivityState state, SubchannelPicker picker) {
			AttentiveLoadBalancer.this.firstConnections.update(state, picker);
		}

	}

	/** Picks once more where a server is out. Any thread. */
	private final class AttentivePicker extends SubchannelPicker {

		private final SubchannelPicker delegate;

		AttentivePicker(SubchannelPicker delegate) {
			this.delegate = delegate;
		}

		@Override
		public PickResult pickSubchannel(PickSubchannelArgs args) {
			PickResult picked = this.delegate.pickSubchannel(args);
			if (!AttentiveLoadBalancer.this.attentive || !(picked.getSubchannel() instanceof Server server)) {
				return picked;
			}
			SocketAddress lost = args.getCallOptions().getOption(LostServer.ADDRESS);
			if (!server.isOut() && !server.isAt(lost)) {
				return server.listened(picked);
			}
			return pickAnother(args, lost, server.isOut() ? picked : server.listened(picked));
		}

		private PickResult pickAnother(PickSubchannelArgs args, @Nullable SocketAddress lost, PickResult picked) {
			PickResult least = picked;
			for (int i = AttentiveLoadBalancer.this.retries; i > 0; i--) {
				PickResult next = this.delegate.pickSubchannel(args);
				if (next.getSubchannel() instanceof Server server && !server.isOut()) {
					least = server.listened(next);
					if (!server.isAt(lost)) {
						break;
					}
				}
			}
			return least;
		}

		@Override
		public String toString() {
			return "AttentivePicker[" + this.delegate + "]";
		}

	}

}
