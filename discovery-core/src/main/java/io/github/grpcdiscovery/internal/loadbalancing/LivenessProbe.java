package io.github.grpcdiscovery.internal.loadbalancing;

import java.util.function.Consumer;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * One call of gRPC's health protocol on one connection, to see whether anything comes
 * back: any answer is a sign of life, also that there is no such service or that we may
 * not ask. It waits for as long as it takes.
 */
final class LivenessProbe {

	private long probedAt;

	private final int probedInRound;

	private @Nullable ClientCall<byte[], byte[]> call;

	// any thread: it waits on our side while the server allows no more streams
	private volatile boolean sent;

	LivenessProbe(long probedAt, int probedInRound) {
		this.probedAt = probedAt;
		this.probedInRound = probedInRound;
	}

	long probedAt() {
		return this.probedAt;
	}

	void restart(long nanoTime) {
		this.probedAt = nanoTime;
	}

	int probedInRound() {
		return this.probedInRound;
	}

	/**
	 * Probes.
	 * @param connection the connection to the server
	 * @param answer told once or twice whether something came from the server; not if the
	 * connection broke. By any thread
	 */
	void probe(Channel connection, Consumer<Boolean> answer) {
		probe(connection, new ClientCall.Listener<byte[]>() {

			@Override
			public void onHeaders(Metadata headers) {
				answer.accept(true);
			}

			@Override
			public void onClose(Status status, Metadata trailers) {
				answer.accept(!isLocal(status) || !trailers.keys().isEmpty());
			}

		});
	}

	/**
	 * Whether a status may have been made on our side: a deadline, a cancellation, a
	 * connection that was closed, by keep-alive for example.
	 */
	static boolean isLocal(Status status) {
		return switch (status.getCode()) {
			case DEADLINE_EXCEEDED, CANCELLED, UNAVAILABLE -> true;
			default -> false;
		};
	}

	/**
	 * Probes. The thread may be a caller's, whose context, deadline and cancellation are
	 * not the probe's.
	 * @param connection the connection to the server
	 * @param listener told what comes, by any thread
	 */
	void probe(Channel connection, ClientCall.Listener<byte[]> listener) {
		Context.ROOT.run(() -> start(connection, listener));
	}

	private void start(Channel connection, ClientCall.Listener<byte[]> listener) {
		ClientCall<byte[], byte[]> call = connection.newCall(HealthCheck.METHOD,
				CallOptions.DEFAULT.withStreamTracerFactory(new Sent()));
		this.call = call;
		call.start(listener, new Metadata());
		call.request(1);
		call.sendMessage(new byte[0]);
		call.halfClose();
	}

	/** Whether it has left this process. Any thread. */
	boolean isSent() {
		return this.sent;
	}

	void cancel() {
		if (this.call != null) {
			this.call.cancel("nobody waits for the answer", null);
		}
	}

	private final class Sent extends ClientStreamTracer.Factory {

		@Override
		public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
			return new ClientStreamTracer() {

				@Override
				public void outboundHeaders() {
					LivenessProbe.this.sent = true;
				}

			};
		}

	}

}
