package io.github.grpcdiscovery.autoconfigure;

import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionOverrideException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Says what to do where net.devh's gRPC and Spring Boot's own are both switched on: they
 * define beans of the same names. Comes before Spring Boot's analyzer, whose advice is to
 * let one bean override the other.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class TwoGrpcStacksFailureAnalyzer extends AbstractFailureAnalyzer<BeanDefinitionOverrideException> {

	private static final String NET_DEVH = "net/devh/boot/grpc/";

	private static final String SPRING_BOOT = "org/springframework/boot/grpc/";

	// what it names has no property of its own that switches it off
	private static final String EXCLUDED = Stream
		.of("client.autoconfigure.GrpcClientAutoConfiguration",
				"server.autoconfigure.GrpcServerFactoryAutoConfiguration",
				"server.autoconfigure.GrpcHealthServiceAutoConfiguration",
				"server.autoconfigure.GrpcReflectionServiceAutoConfiguration")
		.map("net.devh.boot.grpc."::concat)
		.collect(Collectors.joining(","));

	private static final String ACTION = """
			Keep one of them. The @GrpcService of the first is in net.devh.boot.grpc.server.service, that of the second in \
			org.springframework.grpc.server.service.

			For grpc-spring, remove spring-boot-starter-grpc-server and -client, or set:
			    spring.grpc.server.enabled=false
			    spring.grpc.client.enabled=false

			For Spring Boot's own, depend on discovery-spring-grpc-spring-boot-starter instead of \
			discovery-spring-boot-starter and remove net.devh's starters, or set:
			    spring.autoconfigure.exclude=%s
			"""
		.formatted(EXCLUDED);

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BeanDefinitionOverrideException cause) {
		BeanDefinition one = cause.getBeanDefinition();
		BeanDefinition other = cause.getExistingDefinition();
		if (Stream.of(one, other).noneMatch((definition) -> isFrom(definition, NET_DEVH))
				|| Stream.of(one, other).noneMatch((definition) -> isFrom(definition, SPRING_BOOT))) {
			return null;
		}
		return new FailureAnalysis(
				"Two gRPC stacks are switched on, grpc-spring (net.devh) and Spring Boot's own gRPC, and both define the bean '%s'."
					.formatted(cause.getBeanName()),
				ACTION, cause);
	}

	private static boolean isFrom(BeanDefinition definition, String path) {
		String resource = String.valueOf(definition.getResourceDescription());
		return resource.contains(path) || resource.contains(path.replace('/', '.'));
	}

}
