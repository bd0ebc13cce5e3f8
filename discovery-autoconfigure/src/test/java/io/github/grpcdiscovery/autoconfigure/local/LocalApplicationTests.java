package io.github.grpcdiscovery.autoconfigure.local;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

import io.github.grpcdiscovery.autoconfigure.NetDevhApplication;
import io.github.grpcdiscovery.testsupport.Conditions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whole applications on the embedded registry.
 */
class LocalApplicationTests {

	@TempDir
	private Path directory;

	@Test
	void clientFollowsServersThatComeAndGo() {
		String registry = "--grpc.discovery.local.directory=" + this.directory;
		try (ConfigurableApplicationContext client = NetDevhApplication.client(registry);
				ConfigurableApplicationContext one = NetDevhApplication.server("one", registry)) {
			assertThat(one.isActive()).isTrue();
			assertThat(NetDevhApplication.answers(client)).containsExactly("one");
			try (ConfigurableApplicationContext two = NetDevhApplication.server("two", registry)) {
				assertThat(two.isActive()).isTrue();
				Conditions
					.eventually(() -> assertThat(NetDevhApplication.answers(client)).containsExactly("one", "two"));
			}
			Conditions.eventually(() -> assertThat(NetDevhApplication.answers(client)).containsExactly("one"));
		}
	}

}
