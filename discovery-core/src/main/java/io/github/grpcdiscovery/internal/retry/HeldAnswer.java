package io.github.grpcdiscovery.internal.retry;

import io.grpc.ClientCall.Listener;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Holds the parts of an answer until all of it is there, as they may be on the way when
 * the connection breaks. On the threads of the call's listener.
 *
 * @param <A> type of the answer
 */
abstract class HeldAnswer<A> extends SimpleForwardingClientCallListener<A> {

	private boolean released;

	private @Nullable Metadata headers;

	private @Nullable A message;

	/**
	 * Creates a listener that holds nothing yet.
	 * @param listener gets everything in the end
	 */
	HeldAnswer(Listener<A> listener) {
		super(listener);
	}

	/** Whether the rest of the answer will come without more from the caller. */
	abstract boolean holds();

	/** Whether the listener has got a part of the answer. */
	final boolean isReleased() {
		return this.released;
	}

	@Override
	public final void onHeaders(Metadata headers) {
		this.headers = headers;
		if (!holds()) {
			release();
		}
	}

	@Override
	public final void onMessage(A message) {
		if (this.released || this.message != null) {
			release();
			super.onMessage(message);
			return;
		}
		this.message = message;
	}

	/** Passes on what is held. */
	final void release() {
		this.released = true;
		Metadata headers = this.headers;
		if (headers != null) {
			this.headers = null;
			super.onHeaders(headers);
		}
		A message = this.message;
		if (message != null) {
			this.message = null;
			super.onMessage(message);
		}
	}

}
