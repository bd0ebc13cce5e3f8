package io.github.grpcdiscovery.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowable;

class SpringBootVersionCheckTests {

	@Test
	void isRegistered() {
		assertThat(SpringFactoriesLoader.forDefaultResourceLocation()
			.load(EnvironmentPostProcessor.class, SpringFactoriesLoader.FailureHandler.handleMessage((message, ex) -> {
			}))).hasAtLeastOneElementOfType(SpringBootVersionCheck.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "4.0.6", "4.0", "3.5.16", "4.0.0-RC1" })
	void versionWithoutGrpcOfItsOwnIsRefusedWithWhatToDo(String version) {
		assertThat(FailureAnalyses.of(catchThrowable(() -> SpringBootVersionCheck.check(version))))
			.contains("Spring Boot: " + version + " (expected: 4.1 or later")
			.contains("Action: Raise the version of Spring Boot");
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "4.1.0", "4.1.0-SNAPSHOT", "4.10.2", "5.0.0", "", "unknown" })
	void laterVersionsAndThoseThatAreNotKnownStart(String version) {
		assertThatNoException().isThrownBy(() -> SpringBootVersionCheck.check(version));
	}

}
