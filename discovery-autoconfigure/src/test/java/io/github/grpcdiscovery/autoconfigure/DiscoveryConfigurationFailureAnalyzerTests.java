package io.github.grpcdiscovery.autoconfigure;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

class DiscoveryConfigurationFailureAnalyzerTests {

	private static final String PROPERTY = "grpc.discovery.etcd.password";

	private final StandardEnvironment environment = new StandardEnvironment();

	@Test
	void propertyIsNamedOnceWithWhereItWasSet() {
		this.environment.getPropertySources()
			.addFirst(new MapPropertySource("application.yml", Map.of(PROPERTY, "s3cret")));
		assertThat(description()).isEqualTo("grpc.discovery.etcd.password: missing "
				+ "(from \"grpc.discovery.etcd.password\" from property source \"application.yml\")");
	}

	@Test
	void propertyThatIsNotSetComesFromNowhere() {
		assertThat(description()).isEqualTo("grpc.discovery.etcd.password: missing");
	}

	private String description() {
		Throwable failure = catchThrowable(() -> PropertyCheck.secret(PROPERTY, "Set it.", () -> {
			throw new IllegalArgumentException("password: missing");
		}));
		return new DiscoveryConfigurationFailureAnalyzer(this.environment).analyze(failure).getDescription();
	}

}
