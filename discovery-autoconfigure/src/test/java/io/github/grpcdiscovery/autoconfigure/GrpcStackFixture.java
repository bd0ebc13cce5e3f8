package io.github.grpcdiscovery.autoconfigure;

import java.util.concurrent.TimeUnit;

import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.autoconfigure.GrpcStack.Application;
import io.github.grpcdiscovery.autoconfigure.GrpcStack.FieldClient;
import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoBlockingStub;
import io.github.grpcdiscovery.test.echo.SayRequest;

import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Applications on one gRPC stack and on a registry in memory.
 */
@ExtendWith(OutputCaptureExtension.class)
abstract class GrpcStackFixture {

	final FakeRegistry registry = new FakeRegistry("fake");

	final GrpcStack stack;

	GrpcStackFixture(GrpcStack stack) {
		this.stack = stack;
	}

	String failure(String target) {
		return FailureAnalyses
			.of(catchThrowable(() -> client(FieldClient.class).with(this.stack.target("echo", target)).run()));
	}

	static void say(ConfigurableApplicationContext client) {
		client.getBean(FieldClient.class).echo.withDeadlineAfter(30, TimeUnit.SECONDS)
			.say(SayRequest.getDefaultInstance());
	}

	Application server(String name) {
		return this.stack.server(name).on(this.registry);
	}

	Application client(Class<?> client) {
		return this.stack.client(client).on(this.registry);
	}

	/** A client that knows its server's address. */
	static final class Direct implements AutoCloseable {

		final ManagedChannel channel;

		Direct(ServiceInstance instance) {
			this.channel = NettyChannelBuilder.forAddress(instance.host(), instance.port()).usePlaintext().build();
		}

		EchoBlockingStub echo() {
			return EchoGrpc.newBlockingStub(this.channel).withWaitForReady().withDeadlineAfter(30, TimeUnit.SECONDS);
		}

		ServingStatus health() {
			return HealthGrpc.newBlockingStub(this.channel)
				.withWaitForReady()
				.withDeadlineAfter(30, TimeUnit.SECONDS)
				.check(HealthCheckRequest.getDefaultInstance())
				.getStatus();
		}

		@Override
		public void close() {
			this.channel.shutdownNow();
		}

	}

}
