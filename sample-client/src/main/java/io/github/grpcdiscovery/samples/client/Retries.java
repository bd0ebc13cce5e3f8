package io.github.grpcdiscovery.samples.client;

import java.util.List;
import java.util.Map;

import io.grpc.ManagedChannelBuilder;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelConfigurer;
import org.springframework.stereotype.Component;

import io.github.grpcdiscovery.samples.api.GreeterGrpc;

/**
 * Lets calls of {@code Greeter} be sent again, by gRPC itself, when the server dies that
 * they were sent to. Waiting for a ready server cannot help those: theirs was ready. Only
 * for methods that may run twice.
 */
@Component
class Retries implements GrpcChannelConfigurer {

	private static final Map<String, ?> SERVICE_CONFIG = Map.of("methodConfig",
			List.of(Map.of("name", List.of(Map.of("service", GreeterGrpc.SERVICE_NAME)), "retryPolicy",
					Map.of("maxAttempts", 5.0, "initialBackoff", "0.05s", "maxBackoff", "1s", "backoffMultiplier", 2.0,
							"retryableStatusCodes", List.of("UNAVAILABLE")))));

	@Override
	public void accept(ManagedChannelBuilder<?> channel, String name) {
		channel.defaultServiceConfig(SERVICE_CONFIG);
	}

}
