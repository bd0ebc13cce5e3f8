package io.github.grpcdiscovery.autoconfigure.netdevh;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Leaves out those auto-configurations of net.devh 3.1.0, made for Spring Boot 3, that do
 * not work on Spring Boot 4: those that would end the start of the application with a
 * {@link LinkageError}, only when they would, and those of which this starter has one
 * that works. The user's exclusion of one of the latter excludes ours as well.
 */
final class NetDevhImportFilter implements AutoConfigurationImportFilter, BeanClassLoaderAware {

	private static final Logger logger = LoggerFactory.getLogger(NetDevhImportFilter.class);

	private static final String PACKAGE = "net.devh.boot.grpc.server.autoconfigure.";

	private static final String CONSUL = PACKAGE + "GrpcMetadataConsulConfiguration";

	private static final String SECURITY = PACKAGE + "GrpcServerSecurityAutoConfiguration";

	// ours, and those that they stand for
	private static final Map<String, String> REPLACEMENTS = Map.of(
			"io.github.grpcdiscovery.autoconfigure.netdevh.NetDevhClientMetricsAutoConfiguration",
			"net.devh.boot.grpc.client.autoconfigure.GrpcClientMetricAutoConfiguration",
			"io.github.grpcdiscovery.autoconfigure.netdevh.NetDevhServerMetricsAutoConfiguration",
			PACKAGE + "GrpcServerMetricAutoConfiguration");

	private @Nullable ClassLoader classLoader;

	@Override
	public void setBeanClassLoader(ClassLoader classLoader) {
		this.classLoader = classLoader;
	}

	// asked of every candidate, and again of every class that one of them imports: plain
	// code, which needs nothing made first
	@Override
	public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
		boolean[] match = new boolean[classes.length];
		for (int i = 0; i < classes.length; i++) {
			String name = classes[i];
			match[i] = name == null || isPossible(name, classes);
		}
		return match;
	}

	private boolean isPossible(String name, @Nullable String[] candidates) {
		String original = REPLACEMENTS.get(name);
		if (original != null) {
			// one class alone has been a candidate before
			return candidates.length == 1 || Arrays.asList(candidates).contains(original);
		}
		return switch (name) {
			case SECURITY -> isSecurityPossible();
			case CONSUL -> isConsulPossible();
			default -> !REPLACEMENTS.containsValue(name);
		};
	}

	// needs a class that Spring Security 7 moved into an optional module
	private boolean isSecurityPossible() {
		return !isPresent("org.springframework.security.authentication.AuthenticationManager")
				|| isPresent("org.springframework.security.access.AccessDecisionManager");
	}

	// Spring Cloud Consul 5 has a registration of another shape
	private boolean isConsulPossible() {
		String name = "org.springframework.cloud.consul.serviceregistry.ConsulRegistration";
		if (!isPresent(name)) {
			return true;
		}
		Method method = ReflectionUtils.findMethod(ClassUtils.resolveClassName(name, this.classLoader), "getService");
		boolean possible = method != null
				&& method.getReturnType().getName().equals("com.ecwid.consul.v1.agent.model.NewService");
		if (!possible) {
			logger.info("Left out {}: it does not work with this version of Spring Cloud Consul. A fixed gRPC port is "
					+ "put into its metadata all the same", CONSUL);
		}
		return possible;
	}

	private boolean isPresent(String name) {
		return ClassUtils.isPresent(name, this.classLoader);
	}

}
