package io.github.grpcdiscovery.autoconfigure;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.file.Path;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.spring.GrpcClient;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoBlockingStub;
import io.github.grpcdiscovery.test.echo.SayRequest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the server of a user's test does to registries.
 */
class SpringBootTestRegistrationTests {

	@Nested
	@OnNetDevh
	@SpringBootTest(classes = { Server.class, SharedRegistry.class })
	class InARegistryThatOthersShare {

		@Autowired
		private FakeRegistry registry;

		@Test
		void itIsNotRegistered() {
			assertThat(this.registry.events()).isEmpty();
		}

	}

	@Nested
	@OnNetDevh
	@SpringBootTest(classes = { Server.class, SharedRegistry.class },
			properties = "grpc.discovery.registration.enabled=true")
	class InARegistryThatOthersShareIfThatIsWished {

		@Autowired
		private FakeRegistry registry;

		@Test
		void itIsRegistered() {
			assertThat(this.registry.registered()).hasSize(1);
		}

	}

	@Nested
	@OnNetDevh
	@SpringBootTest(classes = Server.class, properties = "grpc.discovery.registry=local")
	class InTheEmbeddedRegistry {

		@Autowired
		private Registry registry;

		@GrpcClient("echo")
		private EchoBlockingStub echo;

		@Test
		void itIsFoundByTheTestsOfThisJvmAlone() {
			assertThat(this.registry.description())
				.startsWith("local (" + Path.of(System.getProperty("java.io.tmpdir")).resolve("grpc-discovery-test-"));
			assertThat(this.echo.withWaitForReady().say(SayRequest.getDefaultInstance()).getText()).isEqualTo("echo");
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@TestPropertySource(properties = { "spring.application.name=echo", "grpc.server.port=0",
			"grpc.server.address=127.0.0.1", "spring.grpc.server.enabled=false", "spring.grpc.client.enabled=false",
			"grpc.client.GLOBAL.negotiation-type=plaintext", "grpc.discovery.registration.drain=0" })
	@interface OnNetDevh {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(EchoService.class)
	static class Server {

	}

	@Configuration(proxyBeanMethods = false)
	static class SharedRegistry {

		@Bean
		FakeRegistry fakeRegistry() {
			return new FakeRegistry("etcd");
		}

	}

}
