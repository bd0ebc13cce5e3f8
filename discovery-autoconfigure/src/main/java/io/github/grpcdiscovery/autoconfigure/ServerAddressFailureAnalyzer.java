package io.github.grpcdiscovery.autoconfigure;

import java.io.IOException;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what to do where the gRPC server, of either stack, cannot listen on its address:
 * mostly another process listens there.
 */
final class ServerAddressFailureAnalyzer extends AbstractFailureAnalyzer<IOException> {

	private static final String ACTION = "Stop what listens there, or set grpc.server.port, or with Spring Boot's own gRPC "
			+ "spring.grpc.server.port, to another port; 0 takes any free one. An application that only calls others needs "
			+ "no gRPC server: with grpc-spring, grpc.server.port=-1 switches it off.";

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, IOException cause) {
		if (!isOfAServer(cause)) {
			return null;
		}
		String reason = (cause.getCause() != null) ? ": " + cause.getCause().getMessage() : "";
		return new FailureAnalysis("The gRPC server did not start. %s%s".formatted(cause.getMessage(), reason), ACTION,
				cause);
	}

	// gRPC's server throws it for that reason alone
	private static boolean isOfAServer(IOException error) {
		StackTraceElement[] trace = error.getStackTrace();
		return trace.length > 0 && trace[0].getClassName().startsWith("io.grpc.")
				&& trace[0].getClassName().endsWith(".NettyServer");
	}

}
