package io.github.grpcdiscovery.autoconfigure;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that checks the settings before
 * anything is made of them.
 */
@AutoConfiguration(before = DiscoveryAutoConfiguration.class,
		beforeName = { "io.github.grpcdiscovery.autoconfigure.consul.ConsulRegistryAutoConfiguration",
				"io.github.grpcdiscovery.autoconfigure.etcd.EtcdRegistryAutoConfiguration",
				"io.github.grpcdiscovery.autoconfigure.local.LocalRegistryAutoConfiguration" })
@Lazy(false)
public final class DiscoverySettingsAutoConfiguration {

	// as a singleton, it is not made while an application is processed ahead of time
	DiscoverySettingsAutoConfiguration(Environment environment, ConfigurableListableBeanFactory beanFactory) {
		BuildTimeSettings.check(environment, beanFactory);
		if ("true".equalsIgnoreCase(environment.getProperty("grpc.discovery.enabled", "true"))) {
			new SettingsCheck(environment, DiscoverySettingsAutoConfiguration::knownProperties).run();
		}
	}

	private static KnownProperties knownProperties() {
		ClassLoader classLoader = ClassUtils.getDefaultClassLoader();
		return new KnownProperties(
				(classLoader != null) ? classLoader : DiscoverySettingsAutoConfiguration.class.getClassLoader());
	}

}
