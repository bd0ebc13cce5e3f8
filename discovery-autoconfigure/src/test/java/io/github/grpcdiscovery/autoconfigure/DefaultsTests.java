package io.github.grpcdiscovery.autoconfigure;

import java.net.URI;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Snapshots;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.autoconfigure.consul.ConsulRegistryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.etcd.EtcdRegistryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.local.LocalProperties;
import io.github.grpcdiscovery.autoconfigure.server.RegistrationProperties;
import io.github.grpcdiscovery.consul.ConsulCheck;
import io.github.grpcdiscovery.consul.ConsulQuery;
import io.github.grpcdiscovery.consul.ConsulSettings;
import io.github.grpcdiscovery.etcd.EtcdSettings;
import io.github.grpcdiscovery.local.LocalSettings;
import io.github.grpcdiscovery.resolver.BalancingSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Defaults of properties are literals, since only those come into the metadata; here they
 * are held against the defaults of what they are for.
 */
class DefaultsTests {

	@Test
	void defaultsOfEtcdAreThoseOfItsSettings() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, EtcdRegistryAutoConfiguration.class))
			.withPropertyValues("grpc.discovery.etcd.endpoints=http://127.0.0.1:2379")
			.run((context) -> assertThat(context.getBean(EtcdSettings.class))
				.isEqualTo(EtcdSettings.of(URI.create("http://127.0.0.1:2379"))));
	}

	@Test
	void defaultsOfConsulAreThoseOfItsSettings() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, ConsulRegistryAutoConfiguration.class))
			.withPropertyValues("grpc.discovery.consul.host=127.0.0.1")
			.run((context) -> {
				ConsulSettings settings = context.getBean(ConsulSettings.class);
				assertThat(settings.agent().getPort()).isEqualTo(ConsulSettings.DEFAULT_PORT);
				assertThat(settings.check()).isEqualTo(ConsulCheck.DEFAULT);
				assertThat(settings.query()).isEqualTo(ConsulQuery.DEFAULT);
			});
	}

	@Test
	void defaultsOfTheEmbeddedRegistryAreThoseOfItsSettings() {
		LocalProperties properties = new LocalProperties();
		assertThat(properties.getTtl()).isEqualTo(LocalSettings.DEFAULT_TTL);
		assertThat(properties.getPollInterval()).isEqualTo(LocalSettings.DEFAULT_POLL_INTERVAL);
	}

	@Test
	void defaultsOfClientsAreThoseOfWatchesAndChannels() {
		DiscoveryClientProperties properties = new DiscoveryClientProperties();
		assertThat(properties.watchSettings(WatchSettings.DEFAULT, Snapshots.NONE)).isEqualTo(WatchSettings.DEFAULT);
		assertThat(properties.balancingSettings(null, "client").forService("echo")).usingRecursiveComparison()
			.ignoringFields("clientId")
			.isEqualTo(BalancingSettings.defaults());
	}

	@Test
	void defaultWeightIsThatOfAnInstance() {
		assertThat(new RegistrationProperties().getWeight()).isEqualTo(ServiceInstance.DEFAULT_WEIGHT);
	}

}
