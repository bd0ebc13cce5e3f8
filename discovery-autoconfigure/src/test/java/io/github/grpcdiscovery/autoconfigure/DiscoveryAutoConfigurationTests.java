package io.github.grpcdiscovery.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.resolver.DiscoveryTarget;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@ExtendWith(OutputCaptureExtension.class)
class DiscoveryAutoConfigurationTests {

	private static final String OFF = "gRPC discovery is off, since no registry is configured.";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DiscoveryAutoConfiguration.class));

	@Test
	void withoutARegistryItIsOffAndSaysOnceHowToSwitchItOn(CapturedOutput output) {
		this.runner.run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(ConfiguredRegistries.class);
			assertThat(output.getOut()).containsOnlyOnce(OFF)
				.containsOnlyOnce("grpc.discovery.etcd.endpoints")
				.containsOnlyOnce("grpc.discovery.registry=local");
		});
	}

	@Test
	void switchedOffItSaysNothing(CapturedOutput output) {
		this.runner.withPropertyValues("grpc.discovery.enabled=false", "grpc.discovery.registry=nonsense")
			.withBean("a", Registry.class, () -> new FakeRegistry("a"))
			.run((context) -> {
				assertThat(context).hasNotFailed()
					.doesNotHaveBean(ConfiguredRegistries.class)
					.doesNotHaveBean(DiscoveryProperties.class);
				assertThat(output.getOut()).doesNotContain("iscovery is off");
			});
	}

	@Test
	void theOnlyRegistryIsChosen(CapturedOutput output) {
		withRegistries("a").run((context) -> {
			ConfiguredRegistries registries = context.getBean(ConfiguredRegistries.class);
			assertThat(registries.chosen()).extracting(Registry::name).containsExactly("a");
			assertThat(registries.forTarget(new DiscoveryTarget("discovery", "x")).registry()).isEqualTo("a");
			assertThat(output.getOut()).doesNotContain(OFF);
		});
	}

	@Test
	void oneOfTwoIsChosenByNameAndTheOtherCanStillBeNamedInTargets() {
		withRegistries("a", "b").withPropertyValues("grpc.discovery.registry=b").run((context) -> {
			ConfiguredRegistries registries = context.getBean(ConfiguredRegistries.class);
			assertThat(registries.forTarget(new DiscoveryTarget("discovery", "x")).registry()).isEqualTo("b");
			assertThat(registries.forTarget(new DiscoveryTarget("a", "x")).registry()).isEqualTo("a");
			assertThatIllegalArgumentException()
				.isThrownBy(() -> registries.forTarget(new DiscoveryTarget("etcd", "x")))
				.withMessageStartingWith("target: 'etcd:///x' (expected: a registry that is configured: a, b; ");
		});
	}

	@Test
	void severalAreChosenByAListAndMerged() {
		withRegistries("a", "b", "c").withPropertyValues("grpc.discovery.registry=c,a").run((context) -> {
			ConfiguredRegistries registries = context.getBean(ConfiguredRegistries.class);
			assertThat(registries.chosen()).extracting(Registry::name).containsExactly("c", "a");
			assertThat(registries.forTarget(new DiscoveryTarget("discovery", "x")).registry()).isEqualTo("c,a");
		});
	}

	@Test
	@Proves("I29")
	void twoRegistriesAndNoneChosenIsAnError() {
		withRegistries("a", "b").run((context) -> assertThat(FailureAnalyses.of(context.getStartupFailure()))
			.contains("There are settings for several registries, a, b, and none is chosen.")
			.contains("Action: Set grpc.discovery.registry to one of them"));
	}

	@Test
	void twoRegistriesOfOneNameIsAnError() {
		this.runner.withBean("one", Registry.class, () -> new FakeRegistry("a"))
			.withBean("two", Registry.class, () -> new FakeRegistry("a"))
			.run((context) -> assertThat(FailureAnalyses.of(context.getStartupFailure()))
				.contains("Two registries are named 'a'"));
	}

	@Test
	@Proves("I29")
	void unknownRegistryIsAnErrorThatListsTheChoices() {
		withRegistries("a").withPropertyValues("grpc.discovery.registry=eureka")
			.run((context) -> assertThat(FailureAnalyses.of(context.getStartupFailure()))
				.contains("grpc.discovery.registry: 'eureka' (expected: one of a, consul, etcd, local)")
				.contains("Action: Correct the name"));
	}

	@Test
	void unknownRegistryIsAnErrorAlsoWhenThereIsNoOther() {
		this.runner.withPropertyValues("grpc.discovery.registry=eureka")
			.run((context) -> assertThat(FailureAnalyses.of(context.getStartupFailure()))
				.contains("grpc.discovery.registry: 'eureka' (expected: one of consul, etcd, local)"));
	}

	@Test
	void knownRegistryWithoutItsClientLibrarySaysSo() {
		this.runner.withPropertyValues("grpc.discovery.registry=etcd")
			.run((context) -> assertThat(FailureAnalyses.of(context.getStartupFailure()))
				.contains("its client library is not on the class path")
				.contains("discovery-spring-boot-starter"));
	}

	@Test
	void registriesAreClosedWithTheContext() {
		FakeRegistry registry = new FakeRegistry("a");
		this.runner.withBean("a", Registry.class, () -> registry).run((context) -> {
		});
		assertThat(registry.events()).containsExactly("close a");
	}

	private ApplicationContextRunner withRegistries(String... names) {
		ApplicationContextRunner result = this.runner;
		for (String name : names) {
			result = result.withBean(name, Registry.class, () -> new FakeRegistry(name));
		}
		return result;
	}

}
