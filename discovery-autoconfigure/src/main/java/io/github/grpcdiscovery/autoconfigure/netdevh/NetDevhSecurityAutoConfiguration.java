package io.github.grpcdiscovery.autoconfigure.netdevh;

import net.devh.boot.grpc.server.security.authentication.GrpcAuthenticationReader;
import net.devh.boot.grpc.server.security.interceptors.AuthenticatingServerInterceptor;
import net.devh.boot.grpc.server.security.interceptors.DefaultAuthenticatingServerInterceptor;
import net.devh.boot.grpc.server.security.interceptors.ExceptionTranslatingServerInterceptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.AuthenticationManager;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that authenticates calls as net.devh
 * does, where its own auto-configuration is left out since it cannot work with Spring
 * Security 7: a server that asks for credentials must not come up open instead.
 */
@AutoConfiguration(afterName = "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration")
@ConditionalOnClass({ AuthenticationManager.class, GrpcAuthenticationReader.class })
@ConditionalOnMissingClass("org.springframework.security.access.AccessDecisionManager")
@ConditionalOnBean(AuthenticationManager.class)
public final class NetDevhSecurityAutoConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(NetDevhSecurityAutoConfiguration.class);

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean(GrpcAuthenticationReader.class)
	static class AuthenticationConfiguration {

		@Bean
		@ConditionalOnMissingBean
		ExceptionTranslatingServerInterceptor exceptionTranslatingServerInterceptor() {
			return new ExceptionTranslatingServerInterceptor();
		}

		@Bean
		@ConditionalOnMissingBean(AuthenticatingServerInterceptor.class)
		DefaultAuthenticatingServerInterceptor authenticatingServerInterceptor(AuthenticationManager manager,
				GrpcAuthenticationReader reader) {
			return new DefaultAuthenticatingServerInterceptor(manager, reader);
		}

	}

	/** On Spring Boot 3, net.devh does not start then. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean({ GrpcAuthenticationReader.class, AuthenticatingServerInterceptor.class })
	static class NoAuthenticationConfiguration {

		NoAuthenticationConfiguration() {
			logger.warn("Calls of the gRPC server are not authenticated: there is an AuthenticationManager bean and no "
					+ "GrpcAuthenticationReader bean. Add one, such as a BasicGrpcAuthenticationReader, or exclude {} "
					+ "if this is meant", NetDevhSecurityAutoConfiguration.class.getName());
		}

	}

}
