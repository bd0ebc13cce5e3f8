package io.github.grpcdiscovery.autoconfigure.inject;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.github.grpcdiscovery.autoconfigure.springgrpc.SpringGrpcInjectionAutoConfiguration;
import io.github.grpcdiscovery.spring.GrpcClient;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoBlockingStub;

/**
 * An application with the annotation on beans that a test adds.
 */
abstract class GrpcClientInjectionFixture {

	final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, GrpcClientInjectionAutoConfiguration.class,
				SpringGrpcInjectionAutoConfiguration.class))
		.withPropertyValues("spring.main.banner-mode=off", "name=from-a-placeholder");

	static class ByConstructor {

		final EchoBlockingStub stub;

		ByConstructor(@GrpcClient("echo") EchoBlockingStub stub) {
			this.stub = stub;
		}

	}

	static class Recorder implements ClientInterceptor {

		final List<String> calls = new CopyOnWriteArrayList<>();

		@Override
		public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
			this.calls.add(method.getFullMethodName());
			return next.newCall(method, options);
		}

	}

	static final class OtherRecorder extends Recorder {

	}

}
