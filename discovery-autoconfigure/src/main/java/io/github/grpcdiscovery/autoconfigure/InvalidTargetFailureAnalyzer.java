package io.github.grpcdiscovery.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.github.grpcdiscovery.resolver.InvalidTargetException;

/**
 * Shows how a channel's target should be written, instead of a stack trace.
 */
final class InvalidTargetFailureAnalyzer extends AbstractFailureAnalyzer<InvalidTargetException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidTargetException cause) {
		return new FailureAnalysis("A gRPC channel cannot be made: " + cause.getMessage(),
				"Correct grpc.client.NAME.address, or with Spring Boot's own gRPC spring.grpc.client.channel.NAME.target, "
						+ "to the form 'discovery:///tag-service', or remove it: the name 'tag-service' means the same. "
						+ "A target of Consul may have options, such as 'consul:///tag-service?tag=v1'.",
				cause);
	}

}
