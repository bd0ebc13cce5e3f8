package io.github.grpcdiscovery.resolver;

import java.net.URI;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.DiscoveryOptions;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DiscoveryTargetTests {

	@Test
	void readsSchemeAndService() {
		DiscoveryTarget target = DiscoveryTarget.parse(URI.create("etcd:///tag-service.v1"));
		assertThat(target).isEqualTo(new DiscoveryTarget("etcd", "tag-service.v1"));
		assertThat(target).hasToString("etcd:///tag-service.v1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "discovery:", "discovery:tag-service", "discovery:///", "discovery:/" })
	@Proves("I30")
	void aTargetWithoutOneNameIsRefused(String target) {
		if (target.equals("discovery:")) {
			target = "discovery:x";
		}
		URI uri = URI.create(target);
		assertThatIllegalArgumentException().isThrownBy(() -> DiscoveryTarget.parse(uri))
			.withMessage("target: '%s' (expected: the name of a service after discovery:///)", uri);
	}

	@Test
	void serverAndOptionsAreRead() {
		DiscoveryTarget target = DiscoveryTarget
			.parse(URI.create("consul://[::1]:8500/orders?tag=v1&dc=dc%202&tag=a+b&filter=Meta.zone%3D%3D%22a%22"));
		assertThat(target.options()).isEqualTo(new DiscoveryOptions("[::1]:8500",
				Map.of("dc", List.of("dc 2"), "tag", List.of("v1", "a b"), "filter", List.of("Meta.zone==\"a\""))));
		assertThat(target)
			.hasToString("consul://[::1]:8500/orders?dc=dc+2&filter=Meta.zone%3D%3D%22a%22&tag=v1&tag=a+b");
	}

	@Test
	@Proves({ "I30", "I8" })
	void userAndPasswordAreRefusedAndNotRepeated() {
		assertThatExceptionOfType(InvalidTargetException.class)
			.isThrownBy(() -> DiscoveryTarget.parse(URI.create("consul://me:s3cret@127.0.0.1:8500/orders")))
			.withMessage("target: 'consul://<hidden>@127.0.0.1:8500/orders' (expected: no user and no password)");
	}

	@Test
	void whatMayBeASecretIsNotRepeated() {
		DiscoveryTarget target = DiscoveryTarget.parse(URI.create("consul:///orders?dc=dc2&token=s3cret"));
		assertThat(target).hasToString("consul:///orders?dc=dc2&token=<hidden>");
		assertThatExceptionOfType(InvalidTargetException.class)
			.isThrownBy(() -> DiscoveryTarget.parse(URI.create("consul:///orders?token=s3cret#x")))
			.withMessageStartingWith("target: 'consul:///orders?token=<hidden>#x' (expected: no fragment");
	}

	@ParameterizedTest
	@ValueSource(strings = { "consul:///a?", "consul:///a?tag", "consul:///a?=v1", "consul:///a?tag=v1&&dc=x",
			"consul:///a?tag=v1&" })
	@Proves("I30")
	void optionsThatAreNoneAreRefused(String target) {
		assertThatExceptionOfType(InvalidTargetException.class)
			.isThrownBy(() -> DiscoveryTarget.parse(URI.create(target)))
			.withMessageContaining("options of the form name=value");
	}

	@ParameterizedTest
	@ValueSource(strings = { "discovery:///static://localhost:9090", "discovery:///unix:/tmp/socket",
			"etcd:///dns:///tags" })
	@Proves("I30")
	void anotherTargetIsNoName(String target) {
		assertThatIllegalArgumentException().isThrownBy(() -> DiscoveryTarget.parse(URI.create(target)))
			.withMessageContaining("(expected: the name of a service, and not another target, after ");
	}

	@Test
	void schemesOfTheRegistriesAreLookedUpAndNoOthers() {
		assertThat(List.of("discovery:///a", "etcd:///a", "consul://h:1/a?tag=b", "local:///a"))
			.allMatch(DiscoveryTarget::isOne);
		assertThat(List.of("a", "localhost:9090", "dns:///a", "unix:/a", "in-process:a", "static://a:1", ":a", ""))
			.noneMatch(DiscoveryTarget::isOne);
	}

	@Test
	void twoSlashesAreRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> DiscoveryTarget.parse(URI.create("discovery://tag-service")))
			.withMessageContaining("the name of a service after discovery:///");
	}

	@ParameterizedTest
	@ValueSource(strings = { "discovery:///tag-service?tag=v1", "discovery://127.0.0.1:8500/tag-service" })
	void targetThatLeavesTheRegistryToTheApplicationHasNoOptions(String target) {
		assertThatExceptionOfType(InvalidTargetException.class)
			.isThrownBy(() -> DiscoveryTarget.parse(URI.create(target)))
			.withMessageStartingWith("target: '%s' (expected: discovery:///name alone", target);
	}

	@Test
	void registryWithoutOptionsRefusesThem() {
		Registries registries = Registries.only(new FakeDiscovery());
		assertThatExceptionOfType(InvalidTargetException.class)
			.isThrownBy(() -> registries.forTarget(DiscoveryTarget.parse(URI.create("etcd:///orders?tag=v1"))))
			.withMessage("target: 'etcd:///orders?tag=v1': option 'tag': 'v1' "
					+ "(expected: no option, since targets of fake have none)");
		assertThatExceptionOfType(InvalidTargetException.class)
			.isThrownBy(() -> registries.forTarget(DiscoveryTarget.parse(URI.create("etcd://127.0.0.1:2379/orders"))))
			.withMessage("target: 'etcd://127.0.0.1:2379/orders': address '127.0.0.1:2379' "
					+ "(expected: fake:///name, since where fake is, is a matter of properties)");
	}

	@ParameterizedTest
	@CsvSource({ "UserService, UserService", "user_service, user_service", "helloworld.Greeter, helloworld.Greeter",
			"shop/orders, shop/orders", "/shop/orders, /shop/orders", "//orders, //orders", "orders/, orders/",
			"shop%2Forders, shop/orders", "a%20b%3F%23%25, a b?#%", "gr%C3%B6%C3%9Fe, größe", "größe, größe" })
	@Proves("I15")
	void nameThatOthersRegisteredIsRead(String text, String name) {
		DiscoveryTarget target = DiscoveryTarget.parse(URI.create("etcd:///" + text));
		assertThat(target.service()).isEqualTo(name);
		assertThat(DiscoveryTarget.parse(URI.create(target.toString()))).isEqualTo(target);
	}

	@Test
	@Proves("I15")
	void anIllegalServiceNameIsRefusedWithItsRule() {
		assertThatIllegalArgumentException().isThrownBy(() -> DiscoveryTarget.parse(URI.create("discovery:///a%0Ab")))
			.withMessageContaining("service: 'a\\u000Ab' (expected: ");
		assertThatIllegalArgumentException().isThrownBy(() -> DiscoveryTarget.parse(URI.create("discovery:///a%FF")))
			.withMessage("target: 'discovery:///a%FF' (expected: a name in UTF-8, percent-encoded)");
	}

}
