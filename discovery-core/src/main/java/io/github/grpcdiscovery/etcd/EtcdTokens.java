package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.internal.util.Printable;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * The token of one user, shared by all calls, watches and renewals of a connection. Asks
 * etcd for it once at a time, and after a refusal only at intervals, three times a minute
 * at most: each time costs etcd a bcrypt. Where etcd has authentication switched off,
 * calls go without a token. Any thread; the state is on the event loop.
 */
final class EtcdTokens {

	private static final Logger logger = LoggerFactory.getLogger(EtcdTokens.class);

	private final EventLoop loop;

	private final String description;

	private final String user;

	private final AuthenticateRequest request;

	private final Duration timeout;

	private volatile @Nullable String token;

	private volatile boolean accepted; // whether etcd took the token, or the lack of one

	// all below: on the event loop only

	private final List<TokenReceiver> waiting = new ArrayList<>();

	private boolean switchedOff;

	private boolean warned;

	private final TokenRefusal refusal;

	/**
	 * Creates the tokens of a user.
	 * @param settings with user and password
	 * @param user the user
	 * @param password the password
	 * @param loop the registry's event loop
	 */
	EtcdTokens(EtcdSettings settings, String user, String password, EventLoop loop) {
		this.description = settings.description();
		this.timeout = settings.requestTimeout();
		this.user = Printable.of(user);
		this.request = AuthenticateRequest.newBuilder().setName(user).setPassword(password).build();
		this.loop = loop;
		this.refusal = new TokenRefusal(loop);
	}

	/**
	 * Gives the token, at once if there is one.
	 * @param channel where to ask for it
	 * @param receiver given the token or the refusal, once, by any thread
	 */
	void get(Channel channel, TokenReceiver receiver) {
		String known = this.token;
		if (known != null) {
			receiver.onToken(known);
		}
		else if (!this.loop.offer(() -> find(channel, receiver))) {
			receiver.onRefused(Status.UNAVAILABLE.withDescription("closed"));
		}
	}

	private void find(Channel channel, TokenReceiver receiver) {
		String known = this.token;
		Status refusal = this.refusal.current();
		if (known != null || this.switchedOff) {
			receiver.onToken(known);
		}
		else if (refusal != null) {
			receiver.onRefused(refusal);
		}
		else {
			this.waiting.add(receiver);
			if (this.waiting.size() == 1) {
				authenticate(channel);
			}
		}
	}

	private void authenticate(Channel channel) {
		logger.debug("{}: authenticating user '{}'", this.description, this.user);
		CallOptions options = CallOptions.DEFAULT.withWaitForReady()
			.withDeadlineAfter(this.timeout)
			.withExecutor(this.loop);
		ClientCalls.asyncUnaryCall(channel.newCall(AuthGrpc.getAuthenticateMethod(), options), this.request,
				new Answer());
	}

	private void authenticated(String token) {
		this.token = token;
		this.accepted = false;
		this.refusal.end();
		this.switchedOff = false;
		if (this.warned) {
			this.warned = false;
			logger.info("{} has authentication switched on again and accepts user '{}'", this.description, this.user);
		}
		answerAll((receiver) -> receiver.onToken(token));
	}

	private void failed(Status status) {
		switch (status.getCode()) {
			case FAILED_PRECONDITION -> goOnWithoutToken();
			// UNKNOWN is also a connection that broke, grpc/grpc-java#10120
			case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, INTERNAL, UNKNOWN, RESOURCE_EXHAUSTED ->
				answerNone(status, this.refusal.failed(status));
			default -> answerNone(status, this.refusal.refused(status));
		}
	}

	private void goOnWithoutToken() {
		this.refusal.end();
		this.accepted = false;
		this.switchedOff = true;
		if (!this.warned) {
			this.warned = true;
			logger.warn("{} has authentication switched off; going on without user '{}' (fix: etcdctl auth enable, "
					+ "or remove user and password here)", this.description, this.user);
		}
		answerAll((receiver) -> receiver.onToken(null));
	}

	private void answerNone(Status status, Duration wait) {
		logger.debug("{}: user '{}' got no token ({}), asking again in {}", this.description, this.user,
				status.getCode(), wait);
		answerAll((receiver) -> receiver.onRefused(status));
	}

	private void answerAll(Consumer<TokenReceiver> answer) {
		List<TokenReceiver> all = List.copyOf(this.waiting);
		this.waiting.clear();
		all.forEach(answer);
	}

	/**
	 * Takes note that etcd refused a call for its token.
	 * @param used the call's token, {@code null} if it had none
	 * @param status what etcd said
	 */
	void stale(@Nullable String used, Status status) {
		if (this.loop.inLoop()) {
			forget(used, status); // before the call is made again
		}
		else {
			this.loop.execute(() -> forget(used, status));
		}
	}

	private void forget(@Nullable String used, Status status) {
		boolean current = (used != null) ? used.equals(this.token) : this.switchedOff && this.token == null;
		if (current) {
			this.token = null;
			this.switchedOff = this.switchedOff && used != null;
			if (!this.accepted) {
				answerNone(status, this.refusal.refused(status));
			}
		}
	}

	/**
	 * Takes note that etcd took a call's token, so that the next refusal is the first.
	 */
	void accepted() {
		if (!this.accepted) {
			this.loop.execute(() -> {
				this.accepted = this.token != null || this.switchedOff;
				if (this.accepted) {
					this.refusal.forgive();
				}
			});
		}
	}

	private final class Answer implements StreamObserver<AuthenticateResponse> {

		private @Nullable String given;

		@Override
		public void onNext(AuthenticateResponse response) {
			this.given = response.getToken();
		}

		@Override
		public void onError(Throwable error) {
			EtcdTokens.this.loop.execute(() -> failed(Status.fromThrowable(error)));
		}

		@Override
		public void onCompleted() {
			String given = this.given;
			EtcdTokens.this.loop.execute(() -> {
				if (given != null) {
					authenticated(given);
				}
				else {
					failed(Status.INTERNAL.withDescription("no token"));
				}
			});
		}

	}

}
