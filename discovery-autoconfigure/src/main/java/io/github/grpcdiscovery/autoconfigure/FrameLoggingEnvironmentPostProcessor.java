package io.github.grpcdiscovery.autoconfigure;

import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Keeps the password for etcd out of the log of an application whose root level is DEBUG:
 * at that level grpc-java prints every frame of every connection, jetcd's among them.
 * Whoever sets that one logger gets what is asked for.
 */
final class FrameLoggingEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

	static final String LEVEL = "logging.level.io.grpc.netty.NettyClientHandler";

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (environment.containsProperty("grpc.discovery.etcd.password")) {
			environment.getPropertySources()
				.addLast(new MapPropertySource("grpcDiscoveryFrameLogging", Map.of(LEVEL, "info")));
		}
	}

	/**
	 * After the application's own files were read.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
