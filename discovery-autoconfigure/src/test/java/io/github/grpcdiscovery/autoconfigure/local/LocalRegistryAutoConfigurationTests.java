package io.github.grpcdiscovery.autoconfigure.local;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.FailureAnalyses;
import io.github.grpcdiscovery.local.LocalRegistry;
import io.github.grpcdiscovery.local.LocalSettings;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

class LocalRegistryAutoConfigurationTests {

	@TempDir
	private Path directory;

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(LocalRegistryAutoConfiguration.class, DiscoveryAutoConfiguration.class));

	@Test
	void isAbsentWithoutItsSettings() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Registry.class));
	}

	@Test
	void isAbsentWhenSwitchedOff() {
		this.runner.withPropertyValues("grpc.discovery.enabled=false", "grpc.discovery.registry=local")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Registry.class));
	}

	@Test
	void isSwitchedOnByItsDirectory() {
		this.runner.withPropertyValues("grpc.discovery.local.directory=" + this.directory)
			.run((context) -> assertThat(context.getBean(Registry.class).description())
				.isEqualTo("local (" + this.directory + ")"));
	}

	@Test
	void isSwitchedOnByItsNameWithADirectoryOfTheUsersOwn() {
		this.runner.withPropertyValues("grpc.discovery.registry=local")
			.run((context) -> assertThat(context.getBean(Registry.class).description())
				.startsWith("local (" + Path.of(System.getProperty("java.io.tmpdir"))
					.resolve("grpc-discovery-" + System.getProperty("user.name"))));
	}

	@Test
	void registryOfTheUserWins() {
		this.runner.withPropertyValues("grpc.discovery.local.directory=" + this.directory)
			.withBean("mine", LocalRegistry.class,
					() -> new LocalRegistry(LocalSettings.of(this.directory.resolve("mine"))))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(Registry.class).hasBean("mine"));
	}

	@ParameterizedTest
	@CsvSource({ "ttl,0s", "ttl,2d", "poll-interval,0s", "poll-interval,10m", "directory,/" })
	void settingThatBreaksItsRuleIsAnErrorThatNamesIt(String property, String value) {
		this.runner
			.withPropertyValues("grpc.discovery.registry=local", "grpc.discovery.local." + property + "=" + value)
			.run((context) -> assertThat(FailureAnalyses.of(context.getStartupFailure()))
				.contains("configuration property 'grpc.discovery.local." + property + "'")
				.contains("(expected: "));
	}

	@Test
	@Proves("F57")
	void contextsThatComeAndGoLeaveNoThreadBehind() {
		long before = threads();
		for (int i = 0; i < 20; i++) {
			this.runner.withPropertyValues("grpc.discovery.local.directory=" + this.directory)
				.run((context) -> assertThat(context.getBean(Registry.class).discovery().watches()).isEmpty());
		}
		// an executor says that it has ended a moment before its thread does
		Conditions.eventually(() -> assertThat(threads()).isLessThanOrEqualTo(before));
	}

	private static long threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("grpc-discovery-local"))
			.count();
	}

	@Test
	void negativeLingerIsAnErrorThatNamesIt() {
		this.runner.withPropertyValues("grpc.discovery.registry=local", "grpc.discovery.client.linger=-1s")
			.run((context) -> assertThat(FailureAnalyses.of(context.getStartupFailure()))
				.contains("'grpc.discovery.client.linger'"));
	}

}
