package io.github.grpcdiscovery.autoconfigure;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.grpc.test.autoconfigure.AutoConfigureTestGrpcTransport;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.grpc.client.ImportGrpcClients;
import org.springframework.test.context.ContextConfiguration;

import io.github.grpcdiscovery.spring.GrpcClient;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoBlockingStub;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A user's test that lets clients and server meet inside its process is left alone.
 */
@SpringBootTest(properties = "spring.application.name=echo")
@AutoConfigureTestGrpcTransport
@ContextConfiguration(initializers = SpringGrpcTestTransportTests.WithoutNetDevh.class)
class SpringGrpcTestTransportTests {

	@Autowired
	private FakeRegistry registry;

	@Autowired
	private EchoBlockingStub imported;

	@GrpcClient("echo")
	private EchoBlockingStub annotated;

	@Test
	void everyNameMeansTheServerOfTheTestAndNothingIsRegistered() {
		assertThat(GrpcStack.answers(this.imported)).containsExactly("echo");
		assertThat(GrpcStack.answers(this.annotated)).containsExactly("echo");
		assertThat(this.registry.events()).isEmpty();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(EchoService.class)
	@ImportGrpcClients(target = "echo", types = EchoBlockingStub.class)
	static class Application {

		@Bean
		FakeRegistry fakeRegistry() {
			return new FakeRegistry("fake");
		}

	}

	static class WithoutNetDevh implements ApplicationContextInitializer<ConfigurableApplicationContext> {

		@Override
		public void initialize(ConfigurableApplicationContext context) {
			TestPropertyValues.of(GrpcStack.SPRING_BOOT.properties()).applyTo(context);
		}

	}

}
