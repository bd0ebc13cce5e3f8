package io.github.grpcdiscovery.autoconfigure.server;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.autoconfigure.FailureAnalyses;
import io.github.grpcdiscovery.autoconfigure.RegistryLocation;
import io.github.grpcdiscovery.internal.registration.AdvertisedAddresses;
import io.github.grpcdiscovery.internal.util.Printable;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

class ServiceInstanceFactoryTests {

	private static final RunningServer SERVER = new RunningServer(9090, "*");

	private final RegistrationProperties properties = new RegistrationProperties();

	@Test
	void nameOfTheApplicationAddressAndPortAreEnough() {
		Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
		ServiceInstance instance = factory("tag-service").instance(SERVER, "10.0.0.1");
		assertThat(instance.toBuilder().zone(null).started(null).build())
			.isEqualTo(ServiceInstance.of("tag-service", "10.0.0.1", 9090));
		assertThat(instance.started()).isBetween(before, Instant.now());
	}

	@Test
	void idOfAnIpv6AddressIsItsAddressInBrackets() {
		assertThat(factory("tag-service").instance(SERVER, "fd00::1").id()).isEqualTo("[fd00::1]:9090");
	}

	@Test
	void everyPropertyArrives() {
		this.properties.setService("tags");
		this.properties.setInstanceId("tags-1");
		this.properties.setPort(443);
		this.properties.setWeight(5);
		this.properties.setVersion("1.2");
		this.properties.setTags(List.of("blue"));
		this.properties.setMetadata(Map.of("team", "x"));
		assertThat(factory("tag-service").instance(SERVER, "10.0.0.1").toBuilder().started(null).build())
			.isEqualTo(ServiceInstance.builder("tags", "10.0.0.1", 443)
				.id("tags-1")
				.weight(5)
				.zone("eu-1a")
				.version("1.2")
				.tags(List.of("blue"))
				.metadata(Map.of("team", "x"))
				.build());
	}

	@Test
	void customizersHaveTheLastWord() {
		ServiceInstanceCustomizer other = (instance) -> ServiceInstance.of("other", instance.host(), instance.port());
		ServiceInstanceFactory factory = new ServiceInstanceFactory(this.properties, "tag-service", null,
				AdvertisedAddresses.ofThisMachine(), Stream.of(other));
		assertThat(factory.instance(SERVER, "10.0.0.1").service()).isEqualTo("other");
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " " })
	@Proves("I15")
	void missingNameIsAnErrorThatSaysWhatToSet(@Nullable String name) {
		assertThat(analysis(() -> factory(name).instance(SERVER, "10.0.0.1")))
			.startsWith("The gRPC server has no service name to be registered under.")
			.contains("Action: Set spring.application.name")
			.contains("grpc.discovery.registration.enabled=false");
	}

	@ParameterizedTest
	@ValueSource(strings = { "TagService", "tag_service", "tag service", "tag/x" })
	void nameOfTheApplicationIsTheServiceName(String name) {
		assertThat(factory(name).instance(SERVER, "10.0.0.1").service()).isEqualTo(name);
	}

	@Test
	void placeholderInTheNameOfTheApplicationIsAnError() {
		assertThat(analysis(() -> factory("tag-service-${project.version}").instance(SERVER, "10.0.0.1"))).startsWith(
				"spring.application.name: 'tag-service-${project.version}' (expected: a name; nothing resolves");
	}

	@ParameterizedTest
	@ValueSource(strings = { "tag\u0000", "tag\u0085" })
	void nameOfTheApplicationThatIsNoServiceNameIsAnErrorThatSaysWhatToSet(String name) {
		assertThat(analysis(() -> factory(name).instance(SERVER, "10.0.0.1")))
			.startsWith("spring.application.name is no name to register a gRPC server under: service: '"
					+ Printable.of(name) + "' (expected: ")
			.contains("Action: Change it, or set grpc.discovery.registration.service");
	}

	@ParameterizedTest
	@MethodSource("wrong")
	@Proves({ "I19", "I22", "I23" })
	void propertyThatBreaksItsRuleIsAnErrorThatNamesIt(String property, Consumer<RegistrationProperties> setting) {
		setting.accept(this.properties);
		assertThat(analysis(() -> {
			ServiceInstanceFactory factory = factory("tag-service");
			factory.instance(SERVER, factory.address(SERVER, List.of()).host());
		})).contains("for configuration property 'grpc.discovery.registration." + property + "'")
			.contains("(expected: ");
	}

	static Stream<Arguments> wrong() {
		Map<String, String> many = new LinkedHashMap<>();
		for (int i = 0; i < 65; i++) {
			many.put("k" + i, "v");
		}
		return Stream.of(wrong("service", (properties) -> properties.setService("tag\nservice")),
				wrong("service", (properties) -> properties.setService("")),
				wrong("instance-id", (properties) -> properties.setInstanceId("a/b")),
				wrong("instance-id", (properties) -> properties.setInstanceId("")),
				wrong("host", (properties) -> properties.setHost("0.0.0.0")),
				wrong("host", (properties) -> properties.setHost("::")),
				wrong("host", (properties) -> properties.setHost("")),
				wrong("host", (properties) -> properties.setHost("http://x")),
				wrong("host", (properties) -> properties.setHost("x:1")),
				wrong("host", (properties) -> properties.setHost("fe80::1%eth0")),
				wrong("port", (properties) -> properties.setPort(0)),
				wrong("port", (properties) -> properties.setPort(65536)),
				wrong("weight", (properties) -> properties.setWeight(-1)),
				wrong("weight", (properties) -> properties.setWeight(1001)),
				wrong("preferred-networks", (properties) -> properties.setPreferredNetworks(List.of("10.0.0.0/99"))),
				wrong("metadata", (properties) -> properties.setMetadata(Map.of("a b", "x"))),
				wrong("metadata", (properties) -> properties.setMetadata(Map.of("k", "x".repeat(513)))),
				wrong("metadata", (properties) -> properties.setMetadata(many)));
	}

	private static Arguments wrong(String property, Consumer<RegistrationProperties> setting) {
		return Arguments.of(property, setting);
	}

	@Test
	void addressTowardsTheRegistryIsFound() {
		assertThat(factory("x").address(SERVER, List.of(RegistryLocation.thisMachine("local"))).reason())
			.isEqualTo("the registry serves this machine alone");
	}

	@Test
	void addressOfTheServerThatNoClientCanUseIsAnErrorThatSaysWhatToSet() {
		assertThat(analysis(() -> factory("x").address(new RunningServer(9090, "fe80::1%eth0"), List.of())))
			.startsWith("No address to advertise could be found: ")
			.contains("Action: Set grpc.discovery.registration.host");
	}

	private ServiceInstanceFactory factory(@Nullable String applicationName) {
		return new ServiceInstanceFactory(this.properties, applicationName, "eu-1a",
				AdvertisedAddresses.ofThisMachine(), Stream.empty());
	}

	private static String analysis(Runnable code) {
		return FailureAnalyses.of(catchThrowable(code::run));
	}

}
