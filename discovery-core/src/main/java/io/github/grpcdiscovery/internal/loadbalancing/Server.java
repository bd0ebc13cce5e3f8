package io.github.grpcdiscovery.internal.loadbalancing;

import java.net.SocketAddress;
import java.util.List;

import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.Helper;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.internal.util.Printable;

/**
 * One server of a channel: its connection, what is received from it and how busy it is.
 * It survives new lists as long as they have it. In the channel's synchronization
 * context, except where it says otherwise.
 */
final class Server implements ProtocolCheck.Subject, Choice.Candidate {

	private final Peers peers;

	private final Subchannel subchannel;

	private final ProtocolCheck protocol;

	private final Liveness liveness;

	private final ServerLoad load = new ServerLoad();

	private final CallTracers tracers;

	// any thread
	private volatile EquivalentAddressGroup addresses;

	private Age age;

	private ConnectivityState state = ConnectivityState.IDLE;

	private Status error = Status.OK;

	/**
	 * Begins to connect.
	 * @param helper the channel's
	 * @param clock the balancer's
	 * @param peers the other servers
	 * @param log takes what operators read
	 * @param methods the channel's
	 * @param addresses where the server listens, with the instance as an attribute
	 * @param age how long it has been running
	 */
	Server(Helper helper, BalancerClock clock, Peers peers, EjectionLog log, MethodTimes methods,
			EquivalentAddressGroup addresses, Age age) {
		this.peers = peers;
		this.addresses = addresses;
		this.age = age;
		this.subchannel = helper.createSubchannel(CreateSubchannelArgs.newBuilder().setAddresses(addresses).build());
		this.protocol = new ProtocolCheck(clock, log, this);
		this.liveness = new Liveness(clock, log, this.protocol, this.subchannel::asChannel, this::name, this.load);
		this.tracers = new CallTracers(this.subchannel, this.liveness, this.load, methods, clock::nanoTime);
	}

	/** Begins to connect. */
	void start() {
		this.liveness.start();
		this.subchannel.start(this::onState);
		this.subchannel.requestConnection();
	}

	private void onState(ConnectivityStateInfo info) {
		if (info.getState() == ConnectivityState.SHUTDOWN) {
			return;
		}
		boolean wasConnected = this.state == ConnectivityState.READY;
		boolean failed = this.state == ConnectivityState.TRANSIENT_FAILURE;
		ConnectivityStateInfo reported = wasConnected ? info : NoGreetingException.causeOf(info);
		switch (reported.getState()) {
			case READY -> {
				this.state = ConnectivityState.READY;
				this.protocol.connected();
				this.load.connected();
			}
			case TRANSIENT_FAILURE -> {
				this.state = ConnectivityState.TRANSIENT_FAILURE;
				this.error = reported.getStatus();
			}
			// one that failed has failed until it is connected
			default -> {
				if (!failed) {
					this.state = reported.getState();
				}
			}
		}
		this.peers.changed(this, info.getState());
	}

	/** Connects, if there is no connection and none is being made. */
	void requestConnection() {
		this.subchannel.requestConnection();
	}

	/**
	 * Takes in the newest list.
	 * @param addresses where it listens, with the instance as an attribute
	 * @param age how long it has been running
	 */
	void update(EquivalentAddressGroup addresses, Age age) {
		this.age = age;
		boolean moved = !addresses.getAddresses().equals(this.addresses.getAddresses());
		this.addresses = addresses;
		if (moved) {
			this.subchannel.updateAddresses(List.of(addresses));
		}
	}

	/** Ends the connection once no call uses it. */
	void shutdown() {
		forget();
		this.subchannel.shutdown();
	}

	/** Its state, where one that failed has failed until it is connected. */
	ConnectivityState state() {
		return this.state;
	}

	/** Why it cannot be connected to. */
	Status error() {
		return this.error;
	}

	/** Where it listens, with the instance as an attribute. */
	EquivalentAddressGroup addresses() {
		return this.addresses;
	}

	/** Its share of the calls relative to others. */
	int weight() {
		return Connections.weight(this.addresses);
	}

	/** Where it runs; empty if that is not known. */
	String zone() {
		return Connections.zone(this.addresses);
	}

	/** Id of the instance; empty where there is none. */
	String id() {
		return Connections.id(this.addresses);
	}

	/** How long it has been running. */
	Age age() {
		return this.age;
	}

	/**
	 * What a call to it gets. Any thread.
	 * @param method what is called
	 */
	PickResult pick(MethodDescriptor<?, ?> method) {
		return this.tracers.pick(method);
	}

	@Override
	public ServerLoad load() {
		return this.load;
	}

	@Override
	public boolean isEjected() {
		return this.liveness.isEjected() || this.protocol.isEjected();
	}

	@Override
	public boolean isAt(@Nullable SocketAddress address) {
		return address != null && this.addresses.getAddresses().contains(address);
	}

	/** Whether anything comes from it, and the probe that finds out. */
	Liveness liveness() {
		return this.liveness;
	}

	/** Whether there is a connection, to something that may speak gRPC. */
	boolean isConnected() {
		return this.state == ConnectivityState.READY && !this.protocol.isEjected();
	}

	/** Whether it can be expected to serve calls at a time. */
	boolean isUsable(long now) {
		return !isEjected() && !this.load.isFailing() && !this.load.isOverdue(now);
	}

	/** Whether there may soon be a connection. */
	boolean isConnecting() {
		return this.state == ConnectivityState.CONNECTING || this.state == ConnectivityState.IDLE;
	}

	/** Whether its present connection is known to speak gRPC. */
	boolean speaksGrpc() {
		return this.protocol.hasSpoken() && !isEjected();
	}

	/** Looks at whether it speaks gRPC at all. */
	void checkProtocol(long now) {
		this.protocol.tick(now, this.subchannel.asChannel());
	}

	@Override
	public String name() {
		return Printable.of(this.addresses.getAddresses().get(0));
	}

	@Override
	public boolean anotherSpeaksGrpc() {
		return this.peers.anotherSpeaksGrpc(this);
	}

	/** Forgets all suspicion and waits for no answer. */
	void forget() {
		this.protocol.forget();
		this.liveness.forget();
	}

	/** The servers of the same channel. In the synchronization context. */
	interface Peers {

		/** Whether a server other than this one is known to speak gRPC. */
		boolean anotherSpeaksGrpc(Server server);

		/**
		 * The connection to one has a new state.
		 * @param server which one
		 * @param state the state as the connection has it
		 */
		void changed(Server server, ConnectivityState state);

	}

}
