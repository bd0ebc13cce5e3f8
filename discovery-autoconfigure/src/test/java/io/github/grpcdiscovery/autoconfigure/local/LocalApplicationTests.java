package io.github.grpcdiscovery.autoconfigure.local;

import java.nio.file.Path;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ConfigurableApplicationContext;

import io.github.grpcdiscovery.autoconfigure.GrpcStack;
import io.github.grpcdiscovery.testsupport.Conditions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whole applications on the embedded registry.
 */
class LocalApplicationTests {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@EnumSource
	void clientFollowsServersThatComeAndGo(GrpcStack stack) {
		String registry = "grpc.discovery.local.directory=" + this.directory;
		try (ConfigurableApplicationContext client = stack.client().with(registry).run();
				ConfigurableApplicationContext one = stack.server("one").with(registry).run()) {
			assertThat(one.isActive()).isTrue();
			assertThat(GrpcStack.answers(client)).containsExactly("one");
			try (ConfigurableApplicationContext two = stack.server("two").with(registry).run();
					ConfigurableApplicationContext three = stack.server("three").with(registry).run()) {
				assertThat(two.isActive()).isEqualTo(three.isActive()).isTrue();
				Conditions
					.eventually(() -> assertThat(GrpcStack.answers(client)).containsExactly("one", "three", "two"));
			}
			Conditions.eventually(() -> assertThat(GrpcStack.answers(client)).containsExactly("one"));
		}
	}

}
