package io.github.grpcdiscovery.internal.loadbalancing;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;

import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.util.ForwardingClientStreamTracer;
import io.grpc.util.ForwardingSubchannel;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.internal.util.Printable;

/**
 * A connection to one server, and what is heard from it. In the channel's synchronization
 * context, except where it says otherwise.
 */
final class Server extends ForwardingSubchannel {

	private final AttentiveLoadBalancer owner;

	private final Subchannel delegate;

	private final ProtocolCheck protocol;

	private final Ear ear = new Ear();

	private final ClientStreamTracer.Factory ears = new ClientStreamTracer.Factory() {

		@Override
		public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
			called();
			return Server.this.ear;
		}

	};

	// any thread: when a call was sent that nothing came after yet; 0 if there is none
	private volatile long unansweredSince;

	// any thread
	private volatile int heardInRound;

	private volatile boolean out;

	// any thread; a race costs a second object
	private volatile @Nullable Listened lastListened;

	// any thread
	private volatile List<EquivalentAddressGroup> addresses;

	private boolean started;

	private ConnectivityState state = ConnectivityState.IDLE;

	private long outSince;

	private @Nullable Question question;

	Server(AttentiveLoadBalancer owner, Subchannel delegate, List<EquivalentAddressGroup> addresses) {
		this.owner = owner;
		this.delegate = delegate;
		this.addresses = addresses;
		this.protocol = new ProtocolCheck(owner, this);
	}

	@Override
	protected Subchannel delegate() {
		return this.delegate;
	}

	@Override
	public void start(SubchannelStateListener listener) {
		this.started = true;
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
		this.owner.isGone(this);
		super.shutdown();
	}

	/**
	 * Adds our ear to a call's. Any thread.
	 * @param picked what was picked: a call to this server
	 * @return the same, listened to
	 */
	PickResult listened(PickResult picked) {
		Listened last = this.lastListened;
		if (last == null || last.picked != picked) {
			ClientStreamTracer.Factory others = picked.getStreamTracerFactory();
			last = new Listened(picked, picked.copyWithSubchannel(this.delegate)
				.copyWithStreamTracerFactory((others != null) ? new BothEars(others) : this.ears));
			this.lastListened = last;
		}
		return last.listened;
	}

	/** Whether it gets no calls. Any thread. */
	boolean isOut() {
		return this.out || this.protocol.isEjected();
	}

	/** Whether it listens at an address. Any thread. */
	boolean isAt(@Nullable SocketAddress address) {
		return address != null && this.addresses.stream().anyMatch((group) -> group.getAddresses().contains(address));
	}

	/** Whether it gets no calls since it hangs. */
	boolean hangs() {
		return this.out;
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
		return this.protocol.hasSpoken() && !isOut();
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

	String name() {
		return Printable.of(getAllAddresses().get(0).getAddresses().get(0));
	}

	// any thread
	private void called() {
		if (this.unansweredSince == 0) {
			this.unansweredSince = this.owner.nanoTime() | 1;
		}
	}

	// any thread
	private void heardGrpc() {
		this.protocol.spoke();
		heard();
	}

	// any thread
	private void closed(Status status) {
		if (!Question.isOurs(status)) {
			heard();
		}
		if (!status.isOk() && isFromServer(status)) {
			this.protocol.failed();
		}
	}

	// any thread; reads much and writes little, since all calls come by here
	private void heard() {
		int round = this.owner.round();
		if (this.heardInRound != round) {
			this.heardInRound = round;
		}
		if (this.unansweredSince != 0) {
			this.unansweredSince = 0;
		}
		if (this.out) {
			this.owner.syncContext().execute(this::takeIn);
		}
	}

	/**
	 * Whatever came from it since it was asked is an answer.
	 */
	void forgetAnsweredQuestion() {
		Question question = this.question;
		if (question != null && wasHeardSince(question.askedInRound())) {
			this.question = null;
			question.cancel();
			takeIn();
		}
	}

	boolean isSilentFor(long nanos, long now) {
		long since = this.unansweredSince;
		return this.question == null && this.started && since != 0 && now - since >= nanos;
	}

	boolean isAskedFor(long nanos, long now) {
		return this.question != null && !this.out && now - this.question.askedAt() >= nanos;
	}

	int askedInRound() {
		return (this.question != null) ? this.question.askedInRound() : Integer.MAX_VALUE;
	}

	private boolean wasHeardSince(int round) {
		return this.heardInRound > round;
	}

	int heardInRound() {
		return this.heardInRound;
	}

	/**
	 * Waits for an answer from now on, if it waits for one.
	 * @param now the time
	 */
	void waitAnew(long now) {
		if (this.question != null && !this.out) {
			this.question.askedAgainAt(now);
		}
	}

	/**
	 * Asks for a sign of life, unless an answer is being waited for.
	 * @param now the time
	 * @return whether an answer is being waited for
	 */
	boolean isAskedBy(long now) {
		if (this.question == null && this.started) {
			ask(now);
		}
		return this.question != null;
	}

	void ask(long now) {
		Question question = new Question(now, this.owner.round());
		this.question = question;
		question.ask(this.delegate.asChannel(), (alive) -> this.owner.syncContext().execute(() -> {
			if (this.question == question) {
				answered(alive);
			}
		}));
	}

	private void answered(boolean alive) {
		this.question = null;
		if (alive) {
			heard();
		}
		else {
			// there is no connection any more: its next state tells
			this.unansweredSince = 0;
			this.out = false;
		}
	}

	void takeOut() {
		this.outSince = this.owner.nanoTime();
		this.out = true;
		this.owner.isOut(this, this.question != null && this.question.isSent());
	}

	private void takeIn() {
		if (this.out) {
			this.out = false;
			this.owner.isBack(this, Duration.ofNanos(this.owner.nanoTime() - this.outSince));
		}
	}

	/**
	 * Forgets all doubts and waits for no answer.
	 */
	void forget() {
		this.protocol.forget();
		this.out = false;
		this.unansweredSince = 0;
		Question question = this.question;
		this.question = null;
		if (question != null) {
			question.cancel();
		}
	}

	private static boolean isFromServer(Status status) {
		return status.getCode() != Status.Code.DEADLINE_EXCEEDED && status.getCode() != Status.Code.CANCELLED;
	}

	/** One for all calls to this server: it keeps nothing about any of them. */
	private final class Ear extends ClientStreamTracer {

		@Override
		public void inboundHeaders() {
			heardGrpc();
		}

		@Override
		public void inboundMessage(int seqNo) {
			heardGrpc();
		}

		@Override
		public void inboundTrailers(Metadata trailers) {
			heardGrpc();
		}

		@Override
		public void streamClosed(Status status) {
			closed(status);
		}

	}

	private final class BothEars extends ClientStreamTracer.Factory {

		private final ClientStreamTracer.Factory others;

		BothEars(ClientStreamTracer.Factory others) {
			this.others = others;
		}

		@Override
		public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
			called();
			ClientStreamTracer other = this.others.newClientStreamTracer(info, headers);
			return new ForwardingClientStreamTracer() {

				@Override
				protected ClientStreamTracer delegate() {
					return other;
				}

				@Override
				public void inboundHeaders() {
					heardGrpc();
					super.inboundHeaders();
				}

				@Override
				public void inboundMessage(int seqNo) {
					heardGrpc();
					super.inboundMessage(seqNo);
				}

				@Override
				public void inboundTrailers(Metadata trailers) {
					heardGrpc();
					super.inboundTrailers(trailers);
				}

				@Override
				public void streamClosed(Status status) {
					closed(status);
					super.streamClosed(status);
				}

			};
		}

	}

	private static final class Listened {

		private final PickResult picked;

		private final PickResult listened;

		Listened(PickResult picked, PickResult listened) {
			this.picked = picked;
			this.listened = listened;
		}

	}

}
