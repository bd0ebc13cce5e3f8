package io.github.grpcdiscovery.autoconfigure;

import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Leaves out those auto-configurations of net.devh 3.1.0, made for Spring Boot 3, that
 * would end the start of the application with a {@link LinkageError}, and only when they
 * would.
 */
final class NetDevhImportFilter implements AutoConfigurationImportFilter, BeanClassLoaderAware {

	private static final Logger logger = LoggerFactory.getLogger(NetDevhImportFilter.class);

	private static final String PACKAGE = "net.devh.boot.grpc.server.autoconfigure.";

	private static final String CONSUL = "GrpcMetadataConsulConfiguration";

	private static final String METRICS = "GrpcServerMetricAutoConfiguration";

	private static final String LEFT_OUT = "Left out {}: {}";

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
			match[i] = name == null || !name.startsWith(PACKAGE) || isPossible(name);
		}
		return match;
	}

	private boolean isPossible(String name) {
		String problem = switch (name.substring(PACKAGE.length())) {
			case "GrpcServerSecurityAutoConfiguration" -> securityProblem();
			case CONSUL -> consulProblem();
			case METRICS -> metricProblem();
			default -> null;
		};
		if (problem != null && (name.endsWith(METRICS) || name.endsWith(CONSUL))) {
			logger.info(LEFT_OUT, name, problem);
		}
		else if (problem != null) {
			logger.warn(LEFT_OUT, name, problem);
		}
		return problem == null;
	}

	// needs a class that Spring Security 7 moved into an optional module
	private @Nullable String securityProblem() {
		boolean wanted = isPresent("org.springframework.security.authentication.AuthenticationManager");
		boolean possible = isPresent("org.springframework.security.access.AccessDecisionManager");
		return (wanted && !possible) ? "it does not work with Spring Security 7. "
				+ "Calls of the gRPC server are authenticated if there is a GrpcAuthenticationReader bean; "
				+ "GrpcSecurityMetadataSource beans need the module spring-security-access" : null;
	}

	// Spring Cloud Consul 5 has a registration of another shape
	private @Nullable String consulProblem() {
		String name = "org.springframework.cloud.consul.serviceregistry.ConsulRegistration";
		if (!isPresent(name)) {
			return null;
		}
		Method method = ReflectionUtils.findMethod(ClassUtils.resolveClassName(name, this.classLoader), "getService");
		boolean possible = method != null
				&& method.getReturnType().getName().equals("com.ecwid.consul.v1.agent.model.NewService");
		return possible ? null
				: "it does not work with this version of Spring Cloud Consul. A fixed gRPC port is put into its metadata all the same";
	}

	// needs the actuator, which Micrometer no longer brings
	private @Nullable String metricProblem() {
		boolean wanted = isPresent("io.micrometer.core.instrument.binder.grpc.MetricCollectingServerInterceptor");
		boolean possible = isPresent("org.springframework.boot.actuate.info.InfoContributor");
		return (wanted && !possible) ? "it needs the actuator. The gRPC server has no meters" : null;
	}

	private boolean isPresent(String name) {
		return ClassUtils.isPresent(name, this.classLoader);
	}

}
