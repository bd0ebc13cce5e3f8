package io.github.grpcdiscovery.autoconfigure.client;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.internal.loadbalancing.NoGreetingException;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Says which property to set where a channel speaks TLS and its server does not, or the
 * other way round: in the status of each call that ends for it, and in one warning. Safe
 * for use by any thread.
 */
public final class TransportSecurityHint implements ClientInterceptor {

	private static final Logger logger = LoggerFactory.getLogger(TransportSecurityHint.class);

	/** Of Netty, whose package depends on who brought it. */
	private static final String NO_TLS = "NotSslRecordException";

	private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9_-]+");

	private static final int MAX_DEPTH = 10;

	private final String channel;

	private final String toPlaintext;

	private final String toTls;

	private final AtomicBoolean warned = new AtomicBoolean();

	private TransportSecurityHint(String channel, String toPlaintext, String toTls) {
		this.channel = Printable.of(channel);
		this.toPlaintext = toPlaintext;
		this.toTls = toTls;
	}

	/**
	 * Makes the hint of one channel.
	 * @param channel name of the channel
	 * @param toPlaintext the setting that makes it speak plaintext, with %s in the place
	 * of the channel's name
	 * @param toTls the setting that makes it speak TLS, likewise
	 * @return an interceptor for this channel
	 */
	public static TransportSecurityHint of(String channel, String toPlaintext, String toTls) {
		String key = key(channel);
		return new TransportSecurityHint(channel, toPlaintext.replace("%s", key), toTls.replace("%s", key));
	}

	private static String key(String name) {
		return PLAIN_KEY.matcher(name).matches() ? name : "[" + Printable.of(name) + "]";
	}

	@Override
	public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
		return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

			@Override
			public void start(Listener<A> listener, Metadata headers) {
				super.start(new SimpleForwardingClientCallListener<>(listener) {

					@Override
					public void onClose(Status status, Metadata trailers) {
						super.onClose(withHint(status), trailers);
					}

				}, headers);
			}

		};
	}

	private Status withHint(Status status) {
		String hint = (status.getCode() == Status.Code.UNAVAILABLE) ? hint(status) : null;
		if (hint == null) {
			return status;
		}
		if (this.warned.compareAndSet(false, true)) {
			logger.warn("Calls of the channel '{}' fail: {}", this.channel, hint);
		}
		// below its first line, Netty's handlers are listed
		String[] lines = Objects.requireNonNullElse(status.getDescription(), "").split("\n", 2);
		return status.withDescription("%s (%s)%s".formatted(lines[0], hint, (lines.length > 1) ? "\n" + lines[1] : ""));
	}

	private @Nullable String hint(Status status) {
		if (causes(status).anyMatch((cause) -> cause.getClass().getSimpleName().equals(NO_TLS))) {
			return "the channel speaks TLS, and the server does not; for plaintext, set " + this.toPlaintext;
		}
		if (causes(status).anyMatch(NoGreetingException.class::isInstance)) {
			return "the server ended the connection before it sent anything; if it speaks TLS, set " + this.toTls;
		}
		return null;
	}

	private static Stream<Throwable> causes(Status status) {
		return Stream.iterate(status.getCause(), Objects::nonNull, Throwable::getCause).limit(MAX_DEPTH);
	}

}
