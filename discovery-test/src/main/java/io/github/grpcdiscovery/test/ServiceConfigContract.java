package io.github.grpcdiscovery.test;

import java.time.Duration;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceConfigs;
import io.github.grpcdiscovery.testsupport.Conditions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How the service configs are followed that a registry may hold.
 */
abstract class ServiceConfigContract extends RegistryContractFixture {

	@Test
	void serviceConfigIsFollowedAndIsNoInstance() {
		RecordingServiceConfigs before = watchServiceConfig(process(), this.service);
		Conditions.eventually(() -> assertThat(before.heard()).containsExactly("none"));
		Assumptions.assumeTrue(this.fixture.putServiceConfig(this.service, "{\"a\":1}"), "no service configs");
		Conditions.eventually(() -> assertThat(before.last()).isEqualTo("{a=1.0}"));
		this.fixture.putServiceConfig(this.service + "-b", "{\"b\":1}");
		this.fixture.putServiceConfig(this.service, "{\"bad\":1}");
		this.fixture.putServiceConfig(this.service, "{\"a\":2}");
		Conditions.eventually(() -> assertThat(before.last()).isEqualTo("{a=2.0}"));
		RecordingServiceConfigs late = watchServiceConfig(process(), this.service + "-b");
		Conditions.eventually(() -> assertThat(late.heard()).containsExactly("{b=1.0}"));
		RecordingListener watcher = watch(process(), this.service);
		Conditions.eventually(() -> assertThat(watcher.last()).isEmpty());
		this.fixture.putServiceConfig(this.service, null);
		Conditions.eventually(() -> assertThat(before.last()).isEqualTo("none"));
		assertThat(before.heard()).doesNotContain("{bad=1.0}", "{b=1.0}");
	}

	@Test
	void serviceConfigStaysWhenTheRegistryGoesAwayAndIsFollowedWhenItIsBack() {
		Assumptions.assumeTrue(this.fixture.putServiceConfig(this.service, "{\"a\":1}"), "no service configs");
		Registry following = process();
		RecordingServiceConfigs watcher = watchServiceConfig(following, this.service);
		watch(following, this.service);
		Conditions.eventually(() -> assertThat(watcher.heard()).containsExactly("{a=1.0}"));
		this.fixture.stopServer();
		Conditions.await(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(following.watches()).singleElement()
				.extracting((status) -> status.serviceConfig().connected())
				.isEqualTo(false));
		this.fixture.startServer();
		this.fixture.putServiceConfig(this.service, "{\"a\":2}");
		Conditions.await(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(watcher.heard()).containsExactly("{a=1.0}", "{a=2.0}"));
	}

	private RecordingServiceConfigs watchServiceConfig(Registry registry, String service) {
		ServiceConfigs configs = registry.discovery().serviceConfigs();
		Assumptions.assumeTrue(configs != null, "no service configs");
		RecordingServiceConfigs listener = new RecordingServiceConfigs();
		configs.watch(service, listener);
		return listener;
	}

}
