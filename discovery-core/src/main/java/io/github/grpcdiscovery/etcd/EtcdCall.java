package io.github.grpcdiscovery.etcd;

import java.util.Objects;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import org.jspecify.annotations.Nullable;

/**
 * A call of one request and one answer. It is made once more with another token if etcd
 * refuses its token: jetcd would do the same and log two warnings. Where every endpoint
 * refuses the connection it fails at once, or is made once more as one that waits. A
 * stream may be made such a call: it ends with its first request.
 *
 * @param <Q> the request
 * @param <P> the answer
 */
final class EtcdCall<Q, P> extends ClientCall<Q, P> {

	private final MethodDescriptor<Q, P> method;

	private final CallOptions options;

	private final Channel channel;

	private final @Nullable EtcdTokens tokens;

	private final EtcdRefusals refusals;

	private final boolean stream;

	private final Metadata headers = new Metadata();

	private @Nullable Listener<P> listener;

	private @Nullable Q request;

	private int requested;

	private volatile @Nullable ClientCall<Q, P> call;

	private volatile @Nullable EtcdCallToken token;

	private volatile boolean cancelled;

	private boolean waiting;

	private boolean tokenReplaced;

	EtcdCall(MethodDescriptor<Q, P> method, CallOptions options, Channel channel, @Nullable EtcdTokens tokens,
			EtcdRefusals refusals) {
		this.method = method;
		this.options = options;
		this.channel = channel;
		this.tokens = tokens;
		this.refusals = refusals;
		this.stream = method.getType() != MethodDescriptor.MethodType.UNARY;
		this.waiting = this.stream;
	}

	// the call is made when its request is there: it may fail as soon as it is started
	@Override
	public void start(Listener<P> listener, Metadata headers) {
		this.listener = listener;
		this.headers.merge(headers);
	}

	@Override
	public void request(int messages) {
		this.requested += messages;
		ClientCall<Q, P> call = this.call;
		if (call != null) {
			call.request(messages);
		}
	}

	@Override
	public void sendMessage(Q message) {
		// jetcd ends a stream with its request, sent once more
		if (this.request == null) {
			this.request = message;
			if (this.stream) {
				make();
			}
		}
	}

	@Override
	public void halfClose() {
		ClientCall<Q, P> call = this.call;
		if (!this.stream) {
			make();
		}
		else if (call != null) {
			call.halfClose(); // jetcd has its answer
		}
	}

	@Override
	public void cancel(@Nullable String message, @Nullable Throwable cause) {
		this.cancelled = true;
		if (this.call == null) {
			make();
		}
		ClientCall<Q, P> call = this.call;
		if (call != null) {
			call.cancel(message, cause);
		}
	}

	private void make() {
		Listener<P> listener = Objects.requireNonNull(this.listener);
		Q request = this.request;
		EtcdCallToken token = (this.tokens != null) ? new EtcdCallToken(this.tokens, this.channel) : null;
		CallOptions options = this.waiting ? this.options : this.options.withoutWaitForReady();
		ClientCall<Q, P> call = this.channel.newCall(this.method,
				(token != null) ? options.withCallCredentials(token) : options);
		this.token = token;
		this.call = call;
		Metadata headers = new Metadata();
		headers.merge(this.headers);
		call.start(new Answer(listener), headers);
		call.request(Math.max(1, this.requested));
		if (request != null) {
			call.sendMessage(request);
			// a stream stays open for its answer: etcd grpc-proxy takes its time
			if (!this.stream) {
				call.halfClose();
			}
		}
	}

	// on the event loop, as all answers
	private boolean isRetried(Status status, Q request) {
		EtcdCallToken token = this.token;
		if (token != null && token.isStale(status) && !this.tokenReplaced) {
			this.tokenReplaced = true;
			return true;
		}
		if (status.isOk()) {
			this.refusals.answered();
		}
		ClientCall<Q, P> call = this.call;
		boolean unconnected = status.getCode() == Code.UNAVAILABLE && call != null
				&& call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) == null;
		if (unconnected && !this.waiting && !this.refusals.isFirst(this.method.getFullMethodName(), request)) {
			this.waiting = true;
			return true;
		}
		return false;
	}

	private final class Answer extends SimpleForwardingClientCallListener<P> {

		private boolean answered;

		Answer(Listener<P> listener) {
			super(listener);
		}

		@Override
		public void onMessage(P message) {
			this.answered = true;
			super.onMessage(message);
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			Q request = EtcdCall.this.request;
			if (request != null && isRetried(status, request) && !EtcdCall.this.cancelled) {
				make();
				return;
			}
			boolean unanswered = status.isOk() && !this.answered;
			super.onClose(unanswered ? Status.UNAVAILABLE.withDescription("ended without an answer") : status,
					trailers);
		}

	}

}
