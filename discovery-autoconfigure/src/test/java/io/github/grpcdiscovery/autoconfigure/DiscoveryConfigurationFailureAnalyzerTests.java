package io.github.grpcdiscovery.autoconfigure;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import io.github.grpcdiscovery.InvalidSettingException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

class DiscoveryConfigurationFailureAnalyzerTests {

	private static final String PROPERTY = "grpc.discovery.etcd.password";

	private final StandardEnvironment environment = new StandardEnvironment();

	@Test
	void propertyIsNamedOnceWithWhereItWasSet() {
		this.environment.getPropertySources()
			.addFirst(new MapPropertySource("application.yml", Map.of(PROPERTY, "s3cret")));
		assertThat(description()).startsWith("grpc.discovery.etcd.password: missing (expected: a password)")
			.endsWith(" (from \"grpc.discovery.etcd.password\" from property source \"application.yml\")");
	}

	@Test
	void propertyThatIsNotSetComesFromNowhere() {
		assertThat(description()).isEqualTo("grpc.discovery.etcd.password: missing (expected: a password)");
	}

	private String description() {
		SettingErrors errors = SettingErrors.below("grpc.discovery.etcd.").secret("password", "Set it.");
		Throwable failure = catchThrowable(() -> errors.check(() -> {
			throw InvalidSettingException.hidden("password", "missing", "a password");
		}));
		return new DiscoveryConfigurationFailureAnalyzer(this.environment).analyze(failure).getDescription();
	}

}
