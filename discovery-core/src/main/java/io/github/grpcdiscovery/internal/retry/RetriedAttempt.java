package io.github.grpcdiscovery.internal.retry;

import java.net.SocketAddress;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call: the call of gRPC, what its tracer saw of it, and whether it is
 * over. The flags are guarded by the lock of the {@link RetriedCall}.
 *
 * @param <Q> type of the request
 * @param <A> type of the answer
 */
final class RetriedAttempt<Q, A> {

	private final StreamCreationTracer tracer = new StreamCreationTracer();

	private final ClientCall<Q, A> call;

	/** Another attempt takes its place. */
	boolean lost;

	/** The caller knows how it ended, or is about to. */
	boolean ended;

	/**
	 * Creates an attempt that is not started.
	 * @param channel makes the call
	 * @param method what is called
	 * @param options of the caller
	 * @param lost the server that the attempt before it was lost with, if there was one
	 */
	RetriedAttempt(Channel channel, MethodDescriptor<Q, A> method, CallOptions options, @Nullable SocketAddress lost) {
		CallOptions traced = options.withStreamTracerFactory(this.tracer);
		this.call = channel.newCall(method, (lost != null) ? traced.withOption(LostServer.ADDRESS, lost) : traced);
	}

	ClientCall<Q, A> call() {
		return this.call;
	}

	StreamCreationTracer tracer() {
		return this.tracer;
	}

}
