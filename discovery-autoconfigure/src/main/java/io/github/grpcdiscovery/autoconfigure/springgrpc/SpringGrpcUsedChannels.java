package io.github.grpcdiscovery.autoconfigure.springgrpc;

import java.util.Map;
import java.util.TreeMap;

import io.grpc.Channel;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import io.github.grpcdiscovery.autoconfigure.warmup.UsedChannels;

/**
 * The channels of Spring Boot's own gRPC that {@code @GrpcClient} asked for.
 */
final class SpringGrpcUsedChannels implements UsedChannels {

	private final ConfigurableListableBeanFactory beans;

	SpringGrpcUsedChannels(ConfigurableListableBeanFactory beans) {
		this.beans = beans;
	}

	@Override
	public Map<String, Channel> channels() {
		Map<String, Channel> channels = new TreeMap<>();
		for (String name : this.beans.getBeanNamesForType(SpringGrpcChannels.class, true, false)) {
			if (this.beans.containsSingleton(name)) {
				this.beans.getBean(name, SpringGrpcChannels.class).forEach((target, channel) -> {
					if (this.beans.getBean(DiscoveryVirtualTargets.class).isLookedUp(target)) {
						channels.putIfAbsent(target, channel);
					}
				});
			}
		}
		return channels;
	}

}
