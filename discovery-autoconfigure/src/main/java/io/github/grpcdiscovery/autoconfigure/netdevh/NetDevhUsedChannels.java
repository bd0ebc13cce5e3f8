package io.github.grpcdiscovery.autoconfigure.netdevh;

import java.util.Map;
import java.util.TreeMap;

import io.grpc.Channel;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelFactory;
import net.devh.boot.grpc.client.config.GrpcChannelsProperties;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import io.github.grpcdiscovery.autoconfigure.warmup.UsedChannels;

/**
 * The channels of net.devh, whoever asked for them. A factory that nobody has asked for
 * is not made for it.
 */
final class NetDevhUsedChannels implements UsedChannels {

	private final ConfigurableListableBeanFactory beans;

	NetDevhUsedChannels(ConfigurableListableBeanFactory beans) {
		this.beans = beans;
	}

	@Override
	public Map<String, Channel> channels() {
		Map<String, Channel> channels = new TreeMap<>();
		for (String name : this.beans.getBeanNamesForType(GrpcChannelFactory.class, true, false)) {
			if (this.beans.containsSingleton(name)) {
				add(channels, this.beans.getBean(name, GrpcChannelFactory.class));
			}
		}
		return channels;
	}

	private void add(Map<String, Channel> channels, GrpcChannelFactory factory) {
		GrpcChannelsProperties properties = this.beans.getBean(GrpcChannelsProperties.class);
		for (String name : factory.getConnectivityState().keySet()) {
			if (NetDevhTargets.isLookedUp(properties, name)) {
				channels.put(name, factory.createChannel(name));
			}
		}
	}

}
