package io.github.grpcdiscovery.autoconfigure;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

import net.devh.boot.grpc.client.inject.GrpcClient;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoBlockingStub;
import io.github.grpcdiscovery.test.echo.SayRequest;

/**
 * Whole applications with net.devh's server and client, as a user would start them.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public final class NetDevhApplication {

	private NetDevhApplication() {
	}

	/**
	 * Starts an application that serves echo on a random port.
	 * @param name what it answers
	 * @param arguments as on the command line
	 * @return the running application
	 */
	public static ConfigurableApplicationContext server(String name, String... arguments) {
		return server(name, null, arguments);
	}

	static ConfigurableApplicationContext server(String name, Registry registry, String... arguments) {
		return run(application(registry).initializers(bean("echoService", EchoService.class, new EchoService(name))),
				arguments, "spring.application.name=echo", "grpc.server.port=0", "grpc.discovery.registration.drain=0");
	}

	/**
	 * Starts an application that serves nothing and calls echo.
	 * @param arguments as on the command line
	 * @return the running application
	 */
	public static ConfigurableApplicationContext client(String... arguments) {
		return client(null, FieldClient.class, arguments);
	}

	static ConfigurableApplicationContext client(Registry registry, Class<?> client, String... arguments) {
		return run(application(registry).sources(client), arguments, "spring.application.name=client",
				"grpc.server.port=-1");
	}

	/**
	 * Calls echo many times.
	 * @param client the application that calls
	 * @return who answered
	 */
	public static Set<String> answers(ConfigurableApplicationContext client) {
		return answers(client.getBean(FieldClient.class).echo);
	}

	static Set<String> answers(EchoBlockingStub echo) {
		Set<String> answers = new TreeSet<>();
		for (int i = 0; i < 40; i++) {
			answers.add(echo.withWaitForReady()
				.withDeadlineAfter(10, TimeUnit.SECONDS)
				.say(SayRequest.getDefaultInstance())
				.getText());
		}
		return answers;
	}

	private static SpringApplicationBuilder application(Registry registry) {
		SpringApplicationBuilder builder = new SpringApplicationBuilder(NetDevhApplication.class);
		return (registry != null) ? builder.initializers(bean("testRegistry", Registry.class, registry)) : builder;
	}

	private static <T> ApplicationContextInitializer<GenericApplicationContext> bean(String name, Class<T> type,
			T bean) {
		return (context) -> context.registerBean(name, type, () -> bean);
	}

	// both gRPC stacks in one application cannot start
	private static ConfigurableApplicationContext run(SpringApplicationBuilder builder, String[] arguments,
			String... defaults) {
		return builder.properties(defaults)
			.properties("grpc.server.address=127.0.0.1", "grpc.client.GLOBAL.negotiation-type=plaintext",
					"spring.main.banner-mode=off", "spring.grpc.server.enabled=false",
					"spring.grpc.client.enabled=false")
			.run(arguments);
	}

	/** The usual way. */
	public static class FieldClient {

		@GrpcClient("echo")
		EchoBlockingStub echo;

	}

}
