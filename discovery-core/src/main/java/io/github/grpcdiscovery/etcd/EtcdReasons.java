package io.github.grpcdiscovery.etcd;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Says in one line why a call failed. Remembers why there was no connection, for calls
 * that only say that they were late or that their channel was replaced meanwhile. For
 * people's eyes only. Any thread.
 */
final class EtcdReasons {

	private static final int MAX_DEPTH = 10;

	// of grpc-java: ClientCallImpl and ManagedChannelImpl
	private static final List<String> CONSEQUENCES = List.of("ClientCall started after CallOptions deadline",
			"Channel shutdown");

	/** Of Netty, whose package depends on who brought it. */
	private static final String NO_TLS = "NotSslRecordException";

	/** Of the system, by way of the JDK or of Netty. */
	private static final String RESET = "Connection reset";

	private static final String PICK = "cause=";

	private volatile @Nullable String noConnection;

	private volatile boolean answered;

	/**
	 * The reason of an error.
	 * @param code status of the call
	 * @param error what the client library gave
	 * @return a status and what lies behind it
	 */
	String of(Code code, Throwable error) {
		String reason = code + ": " + reason(error) + tlsHint(code, error);
		String before = this.noConnection;
		if (before != null && isConsequence(error)) {
			return before;
		}
		this.noConnection = isNoConnection(error) ? reason : null;
		return reason;
	}

	/**
	 * Etcd has answered: what was remembered is over.
	 */
	void answered() {
		this.answered = true;
		this.noConnection = null;
	}

	// who speaks TLS and is greeted without it, or the other way round, hangs up
	private String tlsHint(Code code, Throwable error) {
		boolean mayBe = !this.answered && code == Code.UNAVAILABLE
				&& causes(error).anyMatch(EtcdReasons::isConnectionClosed);
		return mayBe ? " (does this endpoint speak TLS? https:// says so, http:// does not)" : "";
	}

	// a status of etcd's own comes with trailers
	private static boolean isConnectionClosed(Throwable error) {
		if (error instanceof StatusRuntimeException exception) {
			Metadata trailers = exception.getTrailers();
			return exception.getCause() == null && (trailers == null || trailers.keys().isEmpty());
		}
		return error instanceof ClosedChannelException || error.getClass().getSimpleName().equals(NO_TLS)
				|| isReset(error);
	}

	// what was sent and not read makes a hang-up a reset
	private static boolean isReset(Throwable error) {
		String text = text(error);
		return error instanceof IOException && text != null && text.contains(RESET);
	}

	private static boolean isConsequence(Throwable error) {
		return causes(error).map(EtcdReasons::text)
			.filter(Objects::nonNull)
			.anyMatch((text) -> CONSEQUENCES.stream().anyMatch(text::startsWith));
	}

	private static boolean isNoConnection(Throwable error) {
		return causes(error).anyMatch((cause) -> cause instanceof IOException || hasPick(text(cause)));
	}

	private static boolean hasPick(@Nullable String text) {
		return text != null && text.contains(PICK);
	}

	// the last cause usually says it: "Connection refused", "No subject alternative
	// names"; one above it may repeat it and say more: the address, "PKIX path building"
	static String reason(Throwable error) {
		List<String> messages = causes(error).map(EtcdReasons::message).toList();
		String first = messages.get(0);
		String deepest = messages.get(messages.size() - 1);
		if (deepest.equals(first)) {
			return first;
		}
		String fullest = messages.stream()
			.skip(1)
			.filter((message) -> message.contains(deepest))
			.findFirst()
			.orElse(deepest);
		return first + " (" + fullest + ")";
	}

	private static Stream<Throwable> causes(Throwable error) {
		return Stream.iterate(error, Objects::nonNull, Throwable::getCause).limit(MAX_DEPTH);
	}

	private static @Nullable String text(Throwable error) {
		return (error instanceof StatusRuntimeException exception) ? exception.getStatus().getDescription()
				: error.getMessage();
	}

	private static String message(Throwable error) {
		String text = text(error);
		return Printable.of((text != null) ? withoutTrace(text) : error.getClass().getSimpleName());
	}

	/**
	 * Shortens what gRPC says about a call that waited for a connection in vain: the
	 * reason stands behind several lines and before a stack trace.
	 */
	private static String withoutTrace(String text) {
		int cause = text.indexOf(PICK);
		String reason = (cause >= 0) ? "no connection: " + text.substring(cause + PICK.length()) : text;
		int end = reason.indexOf('\n');
		return (end >= 0) ? reason.substring(0, end) : reason;
	}

}
