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

	private boolean told;

	private @Nullable Metadata headers;

	private @Nullable A message;

	/**
	 * Creates a listener that holds nothing yet.
	 * @param listener told of everything in the end
	 */
	HeldAnswer(Listener<A> listener) {
		super(listener);
	}

	/** Whether the rest of the answer will come without more from the caller. */
	abstract boolean holds();

	/** Whether the listener knows of an answer. */
	final boolean isTold() {
		return this.told;
	}

	@Override
	public final void onHeaders(Metadata headers) {
		this.headers = headers;
		if (!holds()) {
			tell();
		}
	}

	@Override
	public final void onMessage(A message) {
		if (this.told || this.message != null) {
			tell();
			super.onMessage(message);
			return;
		}
		this.message = message;
	}

	/** Tells what is held. */
	final void tell() {
		this.told = true;
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
