package io.github.grpcdiscovery.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
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
@Import(BuildTimeSettings.class)
public final class DiscoverySettingsAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnDiscoveryEnabled
	@Lazy(false)
	static class CheckConfiguration {

		CheckConfiguration(Environment environment) {
			ClassLoader classLoader = ClassUtils.getDefaultClassLoader();
			new SettingsCheck(environment,
					() -> new KnownProperties((classLoader != null) ? classLoader : getClass().getClassLoader()))
				.run();
		}

	}

}
