package io.github.grpcdiscovery.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.grpc.Status;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelConfigurer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientDefaultServiceConfigCustomizer;
import org.springframework.context.ConfigurableApplicationContext;

import io.github.grpcdiscovery.autoconfigure.GrpcStack.Application;
import io.github.grpcdiscovery.autoconfigure.GrpcStack.FieldClient;
import io.github.grpcdiscovery.local.LocalRegistry;
import io.github.grpcdiscovery.test.echo.SayRequest;
import io.github.grpcdiscovery.testsupport.Conditions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Applications that follow the service config that their registry holds, on both stacks.
 */
@Timeout(600)
class ServiceConfigApplicationTests {

	/** Refuses every answer of more than one byte. */
	private static final String LIMIT = """
			{"methodConfig":[{"name":[{}],"maxResponseMessageBytes":1}]}""";

	private static final String ENABLED = "grpc.discovery.client.service-config.enabled=true";

	@TempDir
	private Path directory;

	@ParameterizedTest
	@EnumSource
	void changesReachTheRunningApplicationAndABrokenOneIsShown(GrpcStack stack) throws IOException {
		try (ConfigurableApplicationContext server = on(stack.server("one")).run();
				ConfigurableApplicationContext client = on(stack.client()).with(ENABLED).run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(codeOfCall(client)).isEqualTo(Status.Code.OK);
			write(LIMIT);
			Conditions.eventually(() -> assertThat(codeOfCall(client)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
			write("{\"methodConfig\": 1}");
			Conditions.eventually(() -> assertThat(client.getBean(LocalRegistry.class).watches()).singleElement()
				.satisfies((status) -> {
					assertThat(status.serviceConfig().refused()).contains("methodConfig");
					assertThat(status.serviceConfig().text()).isEqualTo(LIMIT);
				}));
			assertThat(codeOfCall(client)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			Files.delete(file());
			Conditions.eventually(() -> assertThat(codeOfCall(client)).isEqualTo(Status.Code.OK));
		}
	}

	@ParameterizedTest
	@EnumSource
	void itIsOffUnlessItIsSwitchedOn(GrpcStack stack) throws IOException {
		write(LIMIT);
		try (ConfigurableApplicationContext server = on(stack.server("one")).run();
				ConfigurableApplicationContext client = on(stack.client()).run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(codeOfCall(client)).isEqualTo(Status.Code.OK);
			assertThat(client.getBean(LocalRegistry.class).watches()).singleElement()
				.satisfies((status) -> assertThat(status.serviceConfig()).isNull());
		}
	}

	@ParameterizedTest
	@EnumSource
	void serviceConfigOfTheApplicationWins(GrpcStack stack) throws IOException {
		write(LIMIT);
		Application application = on(stack.client()).with(ENABLED);
		Map<String, ?> config = Map.of("retryThrottling", Map.of("maxTokens", 10.0, "tokenRatio", 0.1));
		switch (stack) {
			case NET_DEVH ->
				application.bean(GrpcChannelConfigurer.class, (builder, name) -> builder.defaultServiceConfig(config));
			case SPRING_BOOT -> application.bean(GrpcClientDefaultServiceConfigCustomizer.class,
					(target, defaults) -> defaults.putAll(config));
		}
		try (ConfigurableApplicationContext server = on(stack.server("one")).run();
				ConfigurableApplicationContext client = application.run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(codeOfCall(client)).isEqualTo(Status.Code.OK);
		}
	}

	private Application on(Application application) {
		return application.with("grpc.discovery.local.directory=" + this.directory, "grpc.discovery.registry=local");
	}

	private Path file() {
		return this.directory.resolve(".service-config").resolve("echo.json");
	}

	private void write(String json) throws IOException {
		Files.createDirectories(file().getParent());
		Files.writeString(file(), json);
	}

	private static Status.Code codeOfCall(ConfigurableApplicationContext client) {
		Throwable error = catchThrowable(() -> client.getBean(FieldClient.class).echo.withWaitForReady()
			.withDeadlineAfter(60, TimeUnit.SECONDS)
			.say(SayRequest.getDefaultInstance()));
		return (error != null) ? Status.fromThrowable(error).getCode() : Status.Code.OK;
	}

}
