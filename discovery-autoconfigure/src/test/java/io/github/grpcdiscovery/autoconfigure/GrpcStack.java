package io.github.grpcdiscovery.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.spring.GrpcClient;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoBlockingStub;
import io.github.grpcdiscovery.test.echo.SayRequest;

/**
 * The two gRPC stacks, and whole applications on either as a user would start them.
 */
public enum GrpcStack {

	/** The one of grpc-spring. */
	NET_DEVH("grpc.server.", "in-process-name", "grpc.client.%s.address",
			"grpc.client.%s.default-load-balancing-policy", "spring.grpc.server.enabled=false",
			"spring.grpc.client.enabled=false", "grpc.client.GLOBAL.negotiation-type=plaintext"),

	/** Spring Boot's own. */
	SPRING_BOOT("spring.grpc.server.", "inprocess.name", "spring.grpc.client.channel.%s.target",
			"spring.grpc.client.channel.%s.default.load-balancing-policy",
			"spring.autoconfigure.exclude=" + autoConfigurationsOfNetDevh());

	private final String server;

	private final String inProcess;

	private final String target;

	private final String policy;

	private final List<String> properties;

	GrpcStack(String server, String inProcess, String target, String policy, String... properties) {
		this.server = server;
		this.inProcess = inProcess;
		this.target = target;
		this.policy = policy;
		this.properties = List.of(properties);
	}

	private static String autoConfigurationsOfNetDevh() {
		return StreamSupport
			.stream(ImportCandidates.load(AutoConfiguration.class, GrpcStack.class.getClassLoader()).spliterator(),
					false)
			.filter((name) -> name.startsWith("net.devh."))
			.collect(Collectors.joining(","));
	}

	/**
	 * An application that serves echo on a random port.
	 * @param name what it answers
	 * @return not started yet
	 */
	public Application server(String name) {
		return server(new EchoService(name));
	}

	Application server(EchoService service) {
		return new Application(Main.class).bean(EchoService.class, service)
			.with("spring.application.name=echo", this.server + "port=0", this.server + "address=127.0.0.1",
					"grpc.discovery.registration.drain=0");
	}

	/**
	 * An application that serves nothing and calls echo.
	 * @return not started yet
	 */
	public Application client() {
		return client(FieldClient.class);
	}

	Application client(Class<?> client) {
		return new Application(Main.class, client).with("spring.application.name=client", "grpc.server.port=-1");
	}

	/**
	 * What switches the other stack off.
	 * @return properties, name and value
	 */
	List<String> properties() {
		return this.properties;
	}

	String inProcess(String name) {
		return this.server + this.inProcess + "=" + name;
	}

	/**
	 * The property that gives a channel another target.
	 * @param channel name of the channel
	 * @param target what it shall mean
	 * @return name and value
	 */
	public String target(String channel, String target) {
		return this.target.formatted(channel) + "=" + target;
	}

	String port(int port) {
		return this.server + "port=" + port;
	}

	/**
	 * The property that makes a channel speak TLS, or plaintext.
	 */
	String tls(String channel, boolean tls) {
		return switch (this) {
			case NET_DEVH -> "grpc.client.%s.negotiation-type=%s".formatted(channel, tls ? "tls" : "plaintext");
			case SPRING_BOOT -> "spring.grpc.client.channel.%s.ssl.enabled=%s".formatted(channel, tls);
		};
	}

	/**
	 * The largest answer that a channel takes.
	 */
	String clientLimit(String channel, String size) {
		return switch (this) {
			case NET_DEVH -> "grpc.client.%s.max-inbound-message-size=%s".formatted(channel, size);
			case SPRING_BOOT -> "spring.grpc.client.channel.%s.inbound.message.max-size=%s".formatted(channel, size);
		};
	}

	/**
	 * The largest request that a server takes.
	 */
	String serverLimit(String size) {
		return this.server + ((this == NET_DEVH) ? "max-inbound-message-size=" : "inbound.message.max-size=") + size;
	}

	String policy(String channel, String policy) {
		return this.policy.formatted(channel) + "=" + policy;
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
				.withDeadlineAfter(30, TimeUnit.SECONDS)
				.say(SayRequest.getDefaultInstance())
				.getText());
		}
		return answers;
	}

	/** An application to be started. */
	public final class Application {

		private final SpringApplicationBuilder builder;

		private final List<String> arguments = new ArrayList<>();

		private Application(Class<?>... sources) {
			this.builder = new SpringApplicationBuilder(sources);
		}

		/**
		 * Adds properties, of which the last one counts.
		 * @param properties name and value
		 * @return this
		 */
		public Application with(String... properties) {
			this.arguments.addAll(List.of(properties));
			return this;
		}

		<T> Application bean(Class<T> type, T bean) {
			return context((context) -> context.registerBean(type, () -> bean));
		}

		Application on(Registry registry) {
			return bean(Registry.class, registry);
		}

		Application sources(Class<?>... sources) {
			this.builder.sources(sources);
			return this;
		}

		Application context(Consumer<GenericApplicationContext> consumer) {
			this.builder.initializers((context) -> consumer.accept((GenericApplicationContext) context));
			return this;
		}

		/**
		 * Starts the application.
		 * @return the running application
		 */
		public ConfigurableApplicationContext run() {
			return this.builder.properties(GrpcStack.this.properties.toArray(String[]::new))
				.properties("spring.main.banner-mode=off")
				.properties(this.arguments.toArray(String[]::new))
				.run();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Main {

	}

	/** The usual way. */
	public static class FieldClient {

		@GrpcClient("echo")
		EchoBlockingStub echo;

	}

}
