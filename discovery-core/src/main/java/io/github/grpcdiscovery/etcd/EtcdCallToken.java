package io.github.grpcdiscovery.etcd;

import java.util.concurrent.Executor;

import io.grpc.CallCredentials;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import org.jspecify.annotations.Nullable;

/**
 * The token of one call: attached when the call has a connection, and reported as stale
 * when etcd refuses it.
 */
final class EtcdCallToken extends CallCredentials {

	private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

	private final EtcdTokens tokens;

	private final Channel channel;

	private volatile @Nullable String used;

	private volatile boolean sent;

	EtcdCallToken(EtcdTokens tokens, Channel channel) {
		this.tokens = tokens;
		this.channel = channel;
	}

	@Override
	public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
		this.tokens.get(this.channel, new TokenReceiver() {

			@Override
			public void onToken(@Nullable String token) {
				EtcdCallToken call = EtcdCallToken.this;
				call.used = token;
				call.sent = true;
				Metadata headers = new Metadata();
				if (token != null) {
					headers.put(TOKEN, token);
				}
				applier.apply(headers);
			}

			@Override
			public void onRefused(Status status) {
				// the form in which EtcdErrors expects it: the real reason below
				applier.fail(Status.UNAUTHENTICATED.withCause(status.asRuntimeException()));
			}

		});
	}

	/**
	 * Learns from how the call ended.
	 * @param status the call's status
	 * @return whether the same call may do with another token: etcd did not execute it
	 */
	boolean isStale(Status status) {
		// the second: the rights of users have changed since the token was given, or
		// there was no token and etcd asks for one
		boolean stale = this.sent && ((status.getCode() == Code.UNAUTHENTICATED && status.getCause() == null)
				|| status.getCode() == Code.INVALID_ARGUMENT);
		if (stale) {
			this.tokens.stale(this.used, status);
		}
		else if (this.sent && (status.isOk() || status.getCode() == Code.PERMISSION_DENIED)) {
			this.tokens.accepted();
		}
		return stale;
	}

}
