package io.github.grpcdiscovery.autoconfigure.warmup;

import io.grpc.stub.AbstractStub;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

import io.github.grpcdiscovery.autoconfigure.ConfiguredRegistries;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.DiscoveryClientProperties;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that connects the channels of an
 * application while it starts.
 */
@AutoConfiguration(after = DiscoveryAutoConfiguration.class)
@ConditionalOnClass(AbstractStub.class)
@ConditionalOnBooleanProperty(prefix = "grpc.discovery", name = { "enabled", "client.enabled" }, matchIfMissing = true)
@ConditionalOnBean(name = ConfiguredRegistries.BEAN_NAME)
public final class ChannelWarmUpAutoConfiguration {

	@Bean
	ChannelWarmUp discoveryChannelWarmUp(ObjectProvider<UsedChannels> stacks, DiscoveryClientProperties properties) {
		return new ChannelWarmUp(stacks.orderedStream().toList(), properties.warmUp());
	}

}
