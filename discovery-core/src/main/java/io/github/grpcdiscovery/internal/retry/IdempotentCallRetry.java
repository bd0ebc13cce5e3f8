package io.github.grpcdiscovery.internal.retry;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;

/**
 * Retries a call on another server if the connection broke on which it waited for its
 * response, for instance since the server was killed. Nobody knows then whether the
 * server has done it; so this is for unary methods alone whose {@code idempotency_level}
 * in the proto file is {@code NO_SIDE_EFFECTS} or {@code IDEMPOTENT}. A call of which
 * nothing was sent is retried whatever its method, if it has a single request. A call has
 * three attempts at most, within its own deadline, after a short pause, and not on the
 * server that was lost if there is another. Retries are a fifth of a channel's calls at
 * most, or a hundred in ten seconds; a call that a retry policy of the service config has
 * retried is not retried here. A call that got a response, also an error, is never
 * retried, and neither is a call that no server was found for. A call that is not retried
 * ends with {@code UNAVAILABLE} if its connection broke. The caller gets the response of
 * an idempotent unary call when it is complete. Thread-safe.
 */
public final class IdempotentCallRetry implements ClientInterceptor {

	private final ClientInterceptor others = new BrokenConnectionStatus();

	private final RetryRules rules;

	/** Creates the interceptor of one channel. */
	public IdempotentCallRetry() {
		this(RetryRules.ofChannel());
	}

	IdempotentCallRetry(RetryRules rules) {
		this.rules = rules;
	}

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		if (method.getType().clientSendsOneMessage()) {
			boolean idempotent = method.isIdempotent() || method.isSafe();
			this.rules.budget().called();
			return new RetriedCall<>(method, options, next, this.rules,
					idempotent && method.getType() == MethodType.UNARY);
		}
		return this.others.interceptCall(method, options, next);
	}

}
