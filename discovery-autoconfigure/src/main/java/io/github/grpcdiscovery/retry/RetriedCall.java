package io.github.grpcdiscovery.retry;

import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call with a single request that keeps what it sent until it has an answer. Its caller
 * is one thread, as gRPC demands; only {@link #cancel} and {@link #request} may come at
 * any time.
 *
 * @param <Q> type of the request
 * @param <A> type of the answer
 */
final class RetriedCall<Q, A> extends ForwardingClientCall<Q, A> {

	private static final Logger logger = LoggerFactory.getLogger(RetriedCall.class);

	private static final int MOST_ATTEMPTS = 3;

	private final MethodDescriptor<Q, A> method;

	private final CallOptions options;

	private final Channel channel;

	private final boolean idempotent;

	// counted before the attempt is read, and read after the attempt is written: a new
	// attempt may be asked for too many messages, never for too few
	private final AtomicInteger requested = new AtomicInteger();

	private volatile @Nullable Cancellation cancellation;

	private volatile ClientCall<Q, A> attempt;

	private final StreamWitness witness = new StreamWitness();

	private int attempts = 1;

	private Metadata headers = new Metadata();

	private @Nullable Q message;

	private boolean compressed = true;

	// written last, read first: whoever sees it sees what was sent
	private volatile boolean sent;

	RetriedCall(MethodDescriptor<Q, A> method, CallOptions options, Channel channel, boolean idempotent) {
		this.method = method;
		this.options = options;
		this.channel = channel;
		this.idempotent = idempotent;
		this.attempt = newAttempt(this.witness);
	}

	private ClientCall<Q, A> newAttempt(StreamWitness witness) {
		return this.channel.newCall(this.method, this.options.withStreamTracerFactory(witness));
	}

	@Override
	protected ClientCall<Q, A> delegate() {
		return this.attempt;
	}

	@Override
	public void start(Listener<A> listener, Metadata headers) {
		this.headers = copy(headers);
		this.attempt.start(new AttemptListener(listener, this.witness), headers);
	}

	@Override
	public void request(int messages) {
		this.requested.addAndGet(messages);
		this.attempt.request(messages);
	}

	@Override
	public void setMessageCompression(boolean compressed) {
		this.compressed = compressed;
		this.attempt.setMessageCompression(compressed);
	}

	@Override
	public void sendMessage(Q message) {
		this.message = message;
		this.attempt.sendMessage(message);
	}

	@Override
	public void halfClose() {
		// read before: from then on another attempt may take over, which has all of it
		ClientCall<Q, A> first = this.attempt;
		this.sent = true;
		first.halfClose();
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		this.cancellation = new Cancellation(message, cause);
		this.attempt.cancel(message, cause);
	}

	// the end of an attempt comes after all else of it: nobody else is here
	private boolean retries(Listener<A> listener, Status lost) {
		Q message = this.message;
		if (!this.sent || message == null || this.cancellation != null || this.attempts == MOST_ATTEMPTS) {
			return false;
		}
		this.attempts++;
		logger.debug("The connection of a call of {} broke; it is made again: {}", this.method.getFullMethodName(),
				lost);
		StreamWitness witness = new StreamWitness();
		ClientCall<Q, A> next = newAttempt(witness);
		next.start(new AttemptListener(listener, witness), copy(this.headers));
		this.attempt = next;
		next.request(this.requested.get());
		next.setMessageCompression(this.compressed);
		next.sendMessage(message);
		next.halfClose();
		Cancellation cancellation = this.cancellation;
		if (cancellation != null) {
			next.cancel(cancellation.message(), cancellation.cause());
		}
		return true;
	}

	private static Metadata copy(Metadata headers) {
		Metadata copy = new Metadata();
		copy.merge(headers);
		return copy;
	}

	private record Cancellation(@Nullable String message, @Nullable Throwable cause) {
	}

	private final class AttemptListener extends SimpleForwardingClientCallListener<A> {

		private final StreamWitness witness;

		private boolean answered;

		AttemptListener(Listener<A> listener, StreamWitness witness) {
			super(listener);
			this.witness = witness;
		}

		@Override
		public void onHeaders(Metadata headers) {
			this.answered = true;
			super.onHeaders(headers);
		}

		@Override
		public void onMessage(A message) {
			this.answered = true;
			super.onMessage(message);
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			if (!isLost(status, trailers) || !retries(delegate(), status)) {
				super.onClose(BrokenConnection.withPromisedCode(status, trailers), trailers);
			}
		}

		private boolean isLost(Status status, Metadata trailers) {
			return !this.answered && this.witness.hasSeenAStream() && BrokenConnection.isCauseOf(status, trailers)
					&& (RetriedCall.this.idempotent || !this.witness.hasSeenItSent());
		}

	}

}
