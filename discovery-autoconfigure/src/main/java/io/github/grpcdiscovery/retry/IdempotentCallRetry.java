package io.github.grpcdiscovery.retry;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;

/**
 * Makes a call again, of another server, if the connection broke on which it waited for
 * its answer, for instance since the server was killed. Nobody knows then whether the
 * server has done it; so this is for unary methods alone whose {@code idempotency_level}
 * in the proto file is {@code NO_SIDE_EFFECTS} or {@code IDEMPOTENT}. Each call is made
 * three times at most, within its own deadline. An answer is never asked for again, be it
 * an error; neither is a call that no server was found for. Thread-safe.
 */
public final class IdempotentCallRetry implements ClientInterceptor {

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		boolean mayBeRepeated = method.isIdempotent() || method.isSafe();
		if (mayBeRepeated && method.getType() == MethodType.UNARY) {
			return new RetriedCall<>(method, options, next);
		}
		return next.newCall(method, options);
	}

}
