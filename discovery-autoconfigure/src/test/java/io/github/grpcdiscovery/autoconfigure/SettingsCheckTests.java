package io.github.grpcdiscovery.autoconfigure;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import io.github.grpcdiscovery.testsupport.CapturedLog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

class SettingsCheckTests {

	private final StandardEnvironment environment = new StandardEnvironment();

	@Test
	void namesThatAreNoPropertyEndInOneWarningWithTheNearest() {
		set("grpc.discovery.etcd.endpoint", "http://etcd:2379");
		set("grpc.discovery.consul.tokn", "s3cret");
		set("grpc.discovery.registration", "false");
		set("grpc.discovery.etcd.endpoints.first", "http://etcd:2379");
		assertThat(warnings()).singleElement()
			.asString()
			.startsWith("Ignored unknown properties: ")
			.contains("grpc.discovery.etcd.endpoint", "(the nearest one is grpc.discovery.etcd.endpoints)",
					"grpc.discovery.consul.tokn", "(the nearest one is grpc.discovery.consul.token)",
					"grpc.discovery.registration", "(the nearest one is grpc.discovery.registration.enabled)",
					"grpc.discovery.etcd.endpoints.first")
			.doesNotContain("s3cret");
	}

	@ParameterizedTest
	@ValueSource(strings = { "grpc.discovery.registry", "grpc.discovery.consul.token-file",
			"grpc.discovery.consul.tokenFile", "grpc.discovery.etcd.endpoints[1]",
			"grpc.discovery.registration.metadata.team", "grpc.discovery.registration.metadata[a.b]",
			"grpc.discovery.registration.metadata.a.b", "grpc.discovery.client.snapshot.max-age", "grpc.server.port" })
	void propertyIsKnownHoweverItIsWritten(String name) {
		set(name, "1d");
		assertThat(warnings()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "GRPC_DISCOVERY_CONSUL_TOKENFILE", "GRPC_DISCOVERY_CONSUL_TOKEN_FILE",
			"GRPC_DISCOVERY_ETCD_ENDPOINTS_0_", "GRPC_DISCOVERY_ETCD_ENDPOINTS_0",
			"GRPC_DISCOVERY_REGISTRATION_METADATA_TEAM" })
	void environmentVariableIsKnown(String name) {
		inEnvironment(name, "x");
		assertThat(warnings()).isEmpty();
	}

	@Test
	void environmentVariableThatIsNoPropertyIsNamed() {
		inEnvironment("GRPC_DISCOVERY_ETCD_ENDPOINT", "http://etcd:2379");
		assertThat(warnings()).singleElement()
			.asString()
			.contains("grpc.discovery.etcd.endpoint from \"GRPC_DISCOVERY_ETCD_ENDPOINT\"");
	}

	@Test
	void propertyOfAnotherJarIsKnownByItsMetadata(@TempDir Path jar) throws IOException {
		Path metadata = Files.createDirectories(jar.resolve("META-INF")).resolve("spring-configuration-metadata.json");
		Files.writeString(metadata,
				"{\"properties\": [{\"name\": \"grpc.discovery.zookeeper.hosts\", \"type\": \"java.lang.String\"}]}");
		set("grpc.discovery.zookeeper.hosts", "zk:2181");
		set("grpc.discovery.zookeeper.host", "zk:2181");
		try (URLClassLoader classLoader = new URLClassLoader(new URL[] { jar.toUri().toURL() })) {
			assertThat(warnings(classLoader)).singleElement()
				.asString()
				.contains("grpc.discovery.zookeeper.host", "(the nearest one is grpc.discovery.zookeeper.hosts)")
				.doesNotContain(";");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "registration.drain", "registration.fail-fast-timeout", "client.linger",
			"client.loss-confirmation", "etcd.ttl", "consul.check.ttl", "local.ttl" })
	void durationWithoutAUnitIsRefused(String property) {
		set("grpc.discovery." + property, "5");
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(this::warnings)
			.satisfies((ex) -> assertThat(ex.getName()).isEqualTo("grpc.discovery." + property))
			.satisfies((ex) -> assertThat(ex.getReason()).contains("(expected: a number with "));
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "5s", "500ms", "PT5S" })
	void durationWithAUnitAndNoneAtAllAreFine(String value) {
		set("grpc.discovery.registration.drain", value);
		assertThatNoException().isThrownBy(this::warnings);
	}

	@ParameterizedTest
	@ValueSource(strings = { "registration.instance-id", "registration.service", "registration.tags[0]",
			"registration.metadata.build", "registration.zone", "etcd.namespace", "consul.host" })
	void placeholderThatNothingResolvesIsRefused(String property) {
		set("grpc.discovery." + property, "tag-service-${project.version}");
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(this::warnings)
			.satisfies((ex) -> assertThat(ex.getValue()).isEqualTo("tag-service-${project.version}"))
			.satisfies((ex) -> assertThat(ex.getReason()).contains("Nothing resolves the placeholder (expected: "));
	}

	@Test
	void passwordThatLooksLikeAPlaceholderIsTaken() {
		set("grpc.discovery.etcd.password", "a${b}c");
		assertThatNoException().isThrownBy(this::warnings);
	}

	@Test
	void sourceThatIsOverriddenDoesNotCount() {
		set("grpc.discovery.registration.drain", "5");
		this.environment.getPropertySources()
			.addFirst(new MapPropertySource("first", Map.of("grpc.discovery.registration.drain", "5s")));
		assertThatNoException().isThrownBy(this::warnings);
	}

	@Test
	void applicationIsCheckedUnlessDiscoveryIsSwitchedOff() {
		ApplicationContextRunner application = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DiscoverySettingsAutoConfiguration.class))
			.withPropertyValues("grpc.discovery.consul.tokn=s3cret");
		try (CapturedLog log = new CapturedLog(SettingsCheck.class)) {
			application.withPropertyValues("grpc.discovery.enabled=false")
				.run((context) -> assertThat(log.warnings()).isEmpty());
			application.run((context) -> assertThat(log.warnings()).hasSize(1));
		}
	}

	private void set(String name, String value) {
		this.environment.getPropertySources().addLast(new MapPropertySource(name, Map.of(name, value)));
	}

	private void inEnvironment(String name, String value) {
		this.environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of(name, value)));
	}

	private List<String> warnings() {
		return warnings(getClass().getClassLoader());
	}

	private List<String> warnings(ClassLoader classLoader) {
		try (CapturedLog log = new CapturedLog(SettingsCheck.class)) {
			new SettingsCheck(this.environment, () -> new KnownProperties(classLoader)).run();
			return log.warnings();
		}
	}

}
