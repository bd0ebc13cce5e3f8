package io.github.grpcdiscovery.autoconfigure;

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
@ConditionalOnDiscoveryEnabled
@Lazy(false)
public final class DiscoverySettingsAutoConfiguration {

	DiscoverySettingsAutoConfiguration(Environment environment) {
		ClassLoader classLoader = ClassUtils.getDefaultClassLoader();
		new SettingsCheck(environment, KnownProperties
			.load((classLoader != null) ? classLoader : DiscoverySettingsAutoConfiguration.class.getClassLoader()))
			.run();
	}

}
