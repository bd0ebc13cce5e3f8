package io.github.grpcdiscovery.autoconfigure;

import org.junit.jupiter.api.Test;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class FrameLoggingEnvironmentPostProcessorTests {

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void framesAreNotLoggedWhenThereIsAPassword() {
		this.environment.setProperty("grpc.discovery.etcd.password", "s3cret");
		process();
		assertThat(this.environment.getProperty(FrameLoggingEnvironmentPostProcessor.LEVEL)).isEqualTo("info");
	}

	@Test
	void theUsersOwnLevelOfThatLoggerWins() {
		this.environment.setProperty("grpc.discovery.etcd.password", "s3cret");
		this.environment.setProperty(FrameLoggingEnvironmentPostProcessor.LEVEL, "debug");
		process();
		assertThat(this.environment.getProperty(FrameLoggingEnvironmentPostProcessor.LEVEL)).isEqualTo("debug");
	}

	@Test
	void nothingIsTouchedWithoutAPassword() {
		process();
		assertThat(this.environment.getProperty(FrameLoggingEnvironmentPostProcessor.LEVEL)).isNull();
	}

	@Test
	void isFoundBySpringBoot() {
		assertThat(SpringFactoriesLoader.forDefaultResourceLocation(getClass().getClassLoader())
			.load(EnvironmentPostProcessor.class, SpringFactoriesLoader.FailureHandler.handleMessage((message, ex) -> {
			}))).hasAtLeastOneElementOfType(FrameLoggingEnvironmentPostProcessor.class);
	}

	private void process() {
		new FrameLoggingEnvironmentPostProcessor().postProcessEnvironment(this.environment, new SpringApplication());
	}

}
