package io.github.grpcdiscovery.internal.loadbalancing;

import java.net.SocketAddress;
import java.util.List;

import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.util.ForwardingSubchannel;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.internal.util.Printable;

/**
 * A connection to one server, and what is received from it. In the channel's
 * synchronization context, except where it says otherwise.
 */
final class TrackedSubchannel extends ForwardingSubchannel implements ProtocolCheck.Subject {

	private final Peers peers;

	private final Subchannel delegate;

	private final ProtocolCheck protocol;

	private final Liveness liveness;

	private final ClientStreamTracer.Factory tracers;

	// any thread; a race costs a second object
	private volatile @Nullable TracedPick lastTraced;

	// any thread
	private volatile List<EquivalentAddressGroup> addresses;

	private boolean started;

	private ConnectivityState state = ConnectivityState.IDLE;

	/**
	 * Tracks a connection.
	 * @param clock the balancer's
	 * @param peers the other servers
	 * @param log takes what operators read
	 * @param delegate the connection
	 * @param addresses where the server listens
	 */
	TrackedSubchannel(BalancerClock clock, Peers peers, EjectionLog log, Subchannel delegate,
			List<EquivalentAddressGroup> addresses) {
		this.peers = peers;
		this.delegate = delegate;
		this.addresses = addresses;
		this.protocol = new ProtocolCheck(clock, log, this);
		this.liveness = new Liveness(clock, log, this.protocol, delegate::asChannel, this::name);
		this.tracers = new ActivityTracer.Factory(this.liveness);
	}

	@Override
	protected Subchannel delegate() {
		return this.delegate;
	}

	@Override
	public void start(SubchannelStateListener listener) {
		this.started = true;
		this.liveness.start();
		super.start((state) -> {
			boolean wasConnected = this.state == ConnectivityState.READY;
			this.state = state.getState();
			if (this.state == ConnectivityState.READY) {
				this.protocol.connected();
			}
			listener.onSubchannelState(wasConnected ? state : NoGreetingException.causeOf(state));
		});
	}

	@Override
	public void updateAddresses(List<EquivalentAddressGroup> addresses) {
		this.addresses = addresses;
		super.updateAddresses(addresses);
	}

	@Override
	public void shutdown() {
		forget();
		this.peers.remove(this);
		super.shutdown();
	}

	/**
	 * Adds our tracer to a call's. Any thread.
	 * @param picked what was picked: a call to this server
	 * @return the same, traced
	 */
	PickResult traced(PickResult picked) {
		TracedPick last = this.lastTraced;
		if (last == null || last.picked() != picked) {
			ClientStreamTracer.Factory others = picked.getStreamTracerFactory();
			last = new TracedPick(picked, picked.copyWithSubchannel(this.delegate)
				.copyWithStreamTracerFactory(
						(others != null) ? new ForwardingActivityTracerFactory(others, this.liveness) : this.tracers));
			this.lastTraced = last;
		}
		return last.traced();
	}

	/** Whether it gets no calls. Any thread. */
	boolean isEjected() {
		return this.liveness.isEjected() || this.protocol.isEjected();
	}

	/** Whether it listens at an address. Any thread. */
	boolean isAt(@Nullable SocketAddress address) {
		return address != null && this.addresses.stream().anyMatch((group) -> group.getAddresses().contains(address));
	}

	/** Whether anything comes from it, and the probe that finds out. */
	Liveness liveness() {
		return this.liveness;
	}

	/** Whether there is a connection, to something that may speak gRPC. */
	boolean isConnected() {
		return this.state == ConnectivityState.READY && !this.protocol.isEjected();
	}

	/** Whether there may soon be a connection. */
	boolean isConnecting() {
		return this.state == ConnectivityState.CONNECTING;
	}

	/** Whether its present connection is known to speak gRPC. */
	boolean speaksGrpc() {
		return this.protocol.hasSpoken() && !isEjected();
	}

	/**
	 * Looks at whether it speaks gRPC at all.
	 * @param now the time
	 */
	void checkProtocol(long now) {
		if (this.started) {
			this.protocol.tick(now, this.delegate.asChannel());
		}
	}

	@Override
	public String name() {
		return Printable.of(getAllAddresses().get(0).getAddresses().get(0));
	}

	@Override
	public boolean anotherSpeaksGrpc() {
		return this.peers.anotherSpeaksGrpc(this);
	}

	/**
	 * Forgets all suspicion and waits for no answer.
	 */
	void forget() {
		this.protocol.forget();
		this.liveness.forget();
	}

	/** The servers of the same channel. In the synchronization context. */
	interface Peers {

		/** Whether a server other than this one is known to speak gRPC. */
		boolean anotherSpeaksGrpc(TrackedSubchannel subchannel);

		/** The channel uses this one no more. */
		void remove(TrackedSubchannel subchannel);

	}

	private record TracedPick(PickResult picked, PickResult traced) {
	}

}
