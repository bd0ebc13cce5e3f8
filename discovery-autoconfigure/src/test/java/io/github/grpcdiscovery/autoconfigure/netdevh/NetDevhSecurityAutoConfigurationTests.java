package io.github.grpcdiscovery.autoconfigure.netdevh;

import java.util.concurrent.TimeUnit;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import net.devh.boot.grpc.client.security.CallCredentialsHelper;
import net.devh.boot.grpc.server.config.GrpcServerProperties;
import net.devh.boot.grpc.server.security.authentication.BasicGrpcAuthenticationReader;
import net.devh.boot.grpc.server.security.authentication.GrpcAuthenticationReader;
import net.devh.boot.grpc.server.security.interceptors.AuthenticatingServerInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;

import io.github.grpcdiscovery.autoconfigure.EchoService;
import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

@ExtendWith(OutputCaptureExtension.class)
class NetDevhSecurityAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(NetDevhSecurityAutoConfiguration.class));

	private final ApplicationContextRunner on = this.runner
		.withBean(AuthenticationManager.class, () -> mock(AuthenticationManager.class))
		.withBean(GrpcAuthenticationReader.class, () -> mock(GrpcAuthenticationReader.class));

	@Test
	void authenticatesWhereTheApplicationSaysHow() {
		this.on.run((context) -> assertThat(context).hasSingleBean(AuthenticatingServerInterceptor.class));
	}

	@Test
	void isAbsentWhereTheApplicationDoesNotSayHow() {
		this.runner.withBean(AuthenticationManager.class, () -> mock(AuthenticationManager.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(AuthenticatingServerInterceptor.class));
	}

	@Test
	void callsThatAreNotAuthenticatedAreWarnedOfOnlyWhereTheyCouldBe(CapturedOutput output) {
		this.on.run((context) -> assertThat(output).doesNotContain("WARN"));
		this.runner.run((context) -> assertThat(output).doesNotContain("WARN"));
		this.runner.withBean(AuthenticationManager.class, () -> mock(AuthenticationManager.class))
			.run((context) -> assertThat(output).containsOnlyOnce("Calls of the gRPC server are not authenticated"));
	}

	@Test
	void isAbsentWithoutSpringSecurity() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.security"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("authenticatingServerInterceptor"));
	}

	@Test
	void interceptorOfTheUserWins() {
		this.on
			.withBean("mine", AuthenticatingServerInterceptor.class, () -> mock(AuthenticatingServerInterceptor.class))
			.run((context) -> assertThat(context).hasSingleBean(AuthenticatingServerInterceptor.class).hasBean("mine"));
	}

	@Test
	void callsWithWrongCredentialsAreRefusedByARealServer() throws Exception {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(SecuredApplication.class).run(
				"--grpc.server.port=0", "--grpc.server.address=127.0.0.1", "--spring.grpc.server.enabled=false",
				"--spring.grpc.client.enabled=false")) {
			ManagedChannel channel = NettyChannelBuilder
				.forAddress("127.0.0.1", context.getBean(GrpcServerProperties.class).getPort())
				.usePlaintext()
				.build();
			try {
				assertThat(say(channel, "right")).isEqualTo("echo");
				assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> say(channel, "wrong"))
					.withMessageStartingWith("UNAUTHENTICATED");
			}
			finally {
				channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
			}
		}
	}

	private static String say(ManagedChannel channel, String password) {
		return EchoGrpc.newBlockingStub(channel)
			.withCallCredentials(CallCredentialsHelper.basicAuth("me", password))
			.withDeadlineAfter(30, TimeUnit.SECONDS)
			.say(SayRequest.getDefaultInstance())
			.getText();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(EchoService.class)
	static class SecuredApplication {

		@Bean
		AuthenticationManager authenticationManager() {
			return (authentication) -> {
				if (!"right".equals(authentication.getCredentials())) {
					throw new BadCredentialsException("wrong password");
				}
				return UsernamePasswordAuthenticationToken.authenticated(authentication.getPrincipal(), null,
						AuthorityUtils.NO_AUTHORITIES);
			};
		}

		@Bean
		GrpcAuthenticationReader grpcAuthenticationReader() {
			return new BasicGrpcAuthenticationReader();
		}

	}

}
