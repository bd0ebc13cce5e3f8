package io.github.grpcdiscovery.resolver;

import java.net.URI;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DiscoveryTargetTests {

	@Test
	void readsSchemeAndService() {
		DiscoveryTarget target = DiscoveryTarget.parse(URI.create("etcd:///tag-service.v1"));
		assertThat(target).isEqualTo(new DiscoveryTarget("etcd", "tag-service.v1"));
		assertThat(target).hasToString("etcd:///tag-service.v1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "discovery:", "discovery:tag-service", "discovery:///", "discovery:/", "discovery:///a/b",
			"discovery:///a/" })
	void aTargetWithoutOneNameIsRefused(String target) {
		if (target.equals("discovery:")) {
			target = "discovery:x";
		}
		URI uri = URI.create(target);
		assertThatIllegalArgumentException().isThrownBy(() -> DiscoveryTarget.parse(uri))
			.withMessage("target: '%s' (expected: the name of a service after discovery:///)", uri);
	}

	@Test
	void anAuthorityIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> DiscoveryTarget.parse(URI.create("etcd://127.0.0.1:2379/tag-service")))
			.withMessage("target: 'etcd://127.0.0.1:2379/tag-service' "
					+ "(expected: three slashes: the registry's address is a matter of properties)");
	}

	@Test
	void twoSlashesAreRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> DiscoveryTarget.parse(URI.create("discovery://tag-service")))
			.withMessageContaining("the name of a service after discovery:///");
	}

	@Test
	void aQueryIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> DiscoveryTarget.parse(URI.create("discovery:///tag-service?tag=v1")))
			.withMessageContaining("no query and no fragment");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Tag-Service", "tag_service", "tag%2Fservice", "-tag", "tag." })
	void anIllegalServiceNameIsRefusedWithItsRule(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> DiscoveryTarget.parse(URI.create("discovery:///" + name)))
			.withMessageContaining("service name: '" + name + "' (expected: 1 to 63 of a-z, 0-9, '-' and '.'");
	}

}
