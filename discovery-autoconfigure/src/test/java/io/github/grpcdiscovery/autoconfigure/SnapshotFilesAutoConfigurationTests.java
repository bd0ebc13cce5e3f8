package io.github.grpcdiscovery.autoconfigure;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.snapshot.SnapshotFiles;

import static org.assertj.core.api.Assertions.assertThat;

class SnapshotFilesAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DiscoveryAutoConfiguration.class))
		.withBean("fakeRegistry", Registry.class, () -> new FakeRegistry("fake"))
		.withPropertyValues("grpc.discovery.client.snapshot.enabled=true", "spring.application.name=../my shop");

	@Test
	void filesAreInADirectoryOfThisUserAndApplication() {
		Path directory = Path.of(System.getProperty("java.io.tmpdir"),
				"grpc-discovery-snapshots-" + System.getProperty("user.name"), "___my_shop");
		this.runner.run((context) -> assertThat(context.getBean(SnapshotFiles.class))
			.hasToString("SnapshotFiles[" + directory + "]"));
		assertThat(directory).as("touched only when there is something to write").doesNotExist();
	}

	@Test
	void directoryCanBeChosen(@TempDir Path directory) {
		this.runner.withPropertyValues("grpc.discovery.client.snapshot.directory=" + directory)
			.run((context) -> assertThat(context.getBean(SnapshotFiles.class))
				.hasToString("SnapshotFiles[" + directory + "]"));
	}

	@Test
	void isAbsentWhenSwitchedOff() {
		for (String property : new String[] { "grpc.discovery.client.snapshot.enabled", "grpc.discovery.client.enabled",
				"grpc.discovery.enabled" }) {
			this.runner.withPropertyValues(property + "=false")
				.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SnapshotFiles.class));
		}
	}

	@Test
	void beanOfTheUserWins(@TempDir Path directory) {
		this.runner
			.withBean("mine", SnapshotFiles.class,
					() -> new SnapshotFiles(directory, Duration.ofHours(1), Clock.systemUTC()))
			.run((context) -> assertThat(context).hasSingleBean(SnapshotFiles.class).hasBean("mine"));
	}

	@Test
	void wrongAgeIsToldByName() {
		this.runner.withPropertyValues("grpc.discovery.client.snapshot.max-age=0s")
			.run((context) -> assertThat(context.getStartupFailure())
				.hasRootCauseInstanceOf(IllegalArgumentException.class)
				.cause()
				.cause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class,
						(ex) -> assertThat(ex.getName()).isEqualTo("grpc.discovery.client.snapshot.max-age")));
	}

	@Test
	void areNotMadeWithoutARegistry() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(DiscoveryAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SnapshotFiles.class));
	}

}
