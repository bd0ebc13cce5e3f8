package io.github.grpcdiscovery.etcd;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import io.etcd.jetcd.common.exception.EtcdException;
import io.grpc.Status.Code;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.internal.util.Failures;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Makes one {@link RegistryException} of what jetcd and gRPC throw. Decides by status
 * codes, never by words.
 */
final class EtcdErrors {

	private static final int MAX_DEPTH = 10;

	private final String description;

	private final @Nullable String user;

	private final EtcdReasons reasons = new EtcdReasons();

	/**
	 * Creates the translation of one connection's errors.
	 * @param description the registry without secrets
	 * @param user user that we authenticate as, if any
	 */
	EtcdErrors(String description, @Nullable String user) {
		this.description = description;
		this.user = user;
	}

	/**
	 * The error as our callers know it.
	 * @param operation what was tried, such as {@code list 'orders/'}
	 * @param error what the client library gave
	 * @return an exception that says where, what and why, and holds no secret
	 */
	RegistryException translate(String operation, Throwable error) {
		Throwable cause = Failures.unwrap(error);
		if (cause instanceof RegistryException exception) {
			return exception;
		}
		Code code = code(cause);
		return switch (code) {
			case PERMISSION_DENIED -> new RegistryAccessException(
					"%s: %s: permission denied for %s (fix: etcdctl role grant-permission, readwrite to register and read to discover, with --prefix)"
						.formatted(this.description, operation, who()),
					cause);
			case UNAUTHENTICATED -> unauthenticated(operation, cause);
			case INVALID_ARGUMENT ->
				(this.user == null) ? withoutUser(operation, cause) : general(operation, code, cause);
			case NOT_FOUND -> leaseGone(operation);
			default -> general(operation, code, cause);
		};
	}

	/**
	 * Etcd has answered a call.
	 */
	void answered() {
		this.reasons.answered();
	}

	// jetcd reports every failure to get a token as UNAUTHENTICATED, with the real one
	// below
	private RegistryException unauthenticated(String operation, Throwable cause) {
		Code below = codeBelow(cause);
		if (below == null) {
			return general(operation, Code.UNAUTHENTICATED, cause);
		}
		return switch (below) {
			case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, INTERNAL, UNKNOWN, RESOURCE_EXHAUSTED ->
				general(operation, below, cause);
			default -> new RegistryAccessException(
					"%s: %s: etcd refused to authenticate %s (fix: the user and the password; and authentication must be switched on in etcd)"
						.formatted(this.description, operation, who()),
					cause);
		};
	}

	// what etcd says to a request without a token, once authentication is switched on
	private RegistryException withoutUser(String operation, Throwable cause) {
		return new RegistryAccessException("%s: %s: etcd requires a user, and none is configured (%s)"
			.formatted(this.description, operation, EtcdReasons.reason(cause)), cause);
	}

	private RegistryException general(String operation, Code code, Throwable cause) {
		return new RegistryException(
				"%s: %s failed: %s".formatted(this.description, operation, this.reasons.of(code, cause)), cause);
	}

	LeaseGoneException leaseGone(String operation) {
		return new LeaseGoneException(
				"%s: %s: the lease has expired or was revoked".formatted(this.description, operation), null);
	}

	private String who() {
		return (this.user != null) ? "user '" + Printable.of(this.user) + "'" : "calls without a user";
	}

	/**
	 * Whether an error is the connection's rather than etcd's answer.
	 * @param error what the client library gave
	 * @return {@code true} if nothing was heard of etcd
	 */
	static boolean isTransport(Throwable error) {
		Throwable cause = Failures.unwrap(error);
		Code code = code(cause);
		Code below = (code == Code.UNAUTHENTICATED) ? codeBelow(cause) : null;
		return switch ((below != null) ? below : code) {
			case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, UNKNOWN, INTERNAL -> true;
			default -> false;
		};
	}

	/**
	 * The status that etcd or gRPC gave. A cancelled call shows the status below it, if
	 * there is one: see {@link EtcdCallInterceptor}.
	 * @param error what the client library gave
	 * @return the status, {@code UNKNOWN} if there is none
	 */
	static Code code(Throwable error) {
		List<Code> codes = codes(error);
		if (codes.isEmpty()) {
			return Code.UNKNOWN;
		}
		return (codes.get(0) == Code.CANCELLED) ? codes.get(codes.size() - 1) : codes.get(0);
	}

	private static @Nullable Code codeBelow(Throwable error) {
		List<Code> codes = codes(error).stream().dropWhile((code) -> code == Code.UNAUTHENTICATED).toList();
		return codes.isEmpty() ? null : codes.get(codes.size() - 1);
	}

	private static List<Code> codes(Throwable error) {
		return Stream.iterate(Failures.unwrap(error), Objects::nonNull, Throwable::getCause)
			.limit(MAX_DEPTH)
			.map(EtcdErrors::ownCode)
			.filter(Objects::nonNull)
			.toList();
	}

	private static @Nullable Code ownCode(Throwable error) {
		if (error instanceof StatusRuntimeException exception) {
			return exception.getStatus().getCode();
		}
		if (error instanceof StatusException exception) {
			return exception.getStatus().getCode();
		}
		if (error instanceof EtcdException exception && exception.getErrorCode() != null) {
			return Code.valueOf(exception.getErrorCode().name());
		}
		return null;
	}

	/**
	 * The message of an error that is not one of a call.
	 * @param error what was thrown
	 * @return one line
	 */
	static String describe(Throwable error) {
		return Printable.of(error.getClass().getSimpleName() + ": " + error.getMessage());
	}

}
