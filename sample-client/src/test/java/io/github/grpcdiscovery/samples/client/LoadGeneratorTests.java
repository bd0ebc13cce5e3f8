package io.github.grpcdiscovery.samples.client;

import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import io.github.grpcdiscovery.testsupport.Conditions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LoadGenerator} and {@link ConsoleCalls}, with a configured address
 * instead of a registry.
 */
@ExtendWith(OutputCaptureExtension.class)
class LoadGeneratorTests {

	@Test
	void callsOnWhateverBecomesOfTheCalls(CapturedOutput output) throws Exception {
		try (FakeTagService server = new FakeTagService();
				ConfigurableApplicationContext context = client(server, "--sample.load.rate=100")) {
			assertThat(context.isRunning()).isTrue();
			Conditions.eventually(() -> assertThat(output).contains("\"served\":{\"fake\":"));
			server.fail(Status.INTERNAL.withDescription("broken"));
			Conditions.eventually(() -> assertThat(output).contains("{\"failed\":\"PLAIN\"",
					"{\"failed\":\"WAIT_FOR_READY\"", "\"server\":\"127.0.0.1:" + server.port() + "\""));
			server.fail(null);
			int calls = server.calls();
			Conditions.eventually(() -> assertThat(server.calls()).isGreaterThan(calls + 100));
		}
	}

	@Test
	void theConsolePrintsWhoAnswered(CapturedOutput output) throws Exception {
		try (FakeTagService server = new FakeTagService();
				ConfigurableApplicationContext context = client(server, "--calls=10")) {
			assertThat(context.getBean(ConsoleCalls.class).getExitCode()).isZero();
			assertThat(output).contains("10 calls of tag-service: 10 answered, 0 failed")
				.contains("     10   100%  fake");
		}
	}

	@Test
	void theConsoleSaysWhatFailed(CapturedOutput output) throws Exception {
		try (FakeTagService server = new FakeTagService()) {
			server.fail(Status.INTERNAL.withDescription("broken"));
			try (ConfigurableApplicationContext context = client(server, "--calls=10")) {
				assertThat(context.getBean(ConsoleCalls.class).getExitCode()).isEqualTo(1);
				assertThat(output).contains("No server answered: INTERNAL: broken");
			}
		}
	}

	@Test
	void theConsoleRefusesWhatIsNoNumber(CapturedOutput output) throws Exception {
		try (FakeTagService server = new FakeTagService();
				ConfigurableApplicationContext context = client(server, "--calls=many")) {
			assertThat(context.getBean(ConsoleCalls.class).getExitCode()).isEqualTo(2);
			assertThat(output).contains("--calls: 'many' (expected: a number from 1 to 1000000)");
		}
	}

	private static ConfigurableApplicationContext client(FakeTagService server, String... arguments) {
		return new SpringApplicationBuilder(SampleClientApplication.class).web(WebApplicationType.NONE)
			.properties("grpc.discovery.enabled=false", "spring.main.banner-mode=off",
					"grpc.client.tag-service.address=static://127.0.0.1:" + server.port())
			.run(arguments);
	}

}
