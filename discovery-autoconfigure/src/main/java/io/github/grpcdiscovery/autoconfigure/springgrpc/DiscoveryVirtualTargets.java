package io.github.grpcdiscovery.autoconfigure.springgrpc;

import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientProperties;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientProperties.Channel;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.VirtualTargets;
import org.springframework.util.function.SingletonSupplier;

import io.github.grpcdiscovery.resolver.DiscoveryTarget;

/**
 * Makes a bare name, slashes included, mean {@code discovery:///name}. A name with a
 * configured target, an address and a target with a scheme mean what they mean to Spring
 * Boot, whose own class for it cannot be reached.
 */
final class DiscoveryVirtualTargets implements VirtualTargets {

	private static final String CHANNELS = "spring.grpc.client.channel";

	private static final String DEFAULT_CHANNEL = "default";

	private static final String DEFAULT_TARGET = new Channel().getTarget();

	private final Environment environment;

	private final GrpcClientProperties properties;

	private final Set<String> channelsWithTarget;

	DiscoveryVirtualTargets(Environment environment, GrpcClientProperties properties) {
		this.environment = environment;
		this.properties = properties;
		// a channel that is configured without a target has one by default, and does not
		// say so
		this.channelsWithTarget = Binder.get(environment)
			.bind(CHANNELS, Bindable.mapOf(String.class, Target.class))
			.map(Map::keySet)
			.orElse(Set.of());
	}

	/**
	 * Makes them when they are first needed, since properties that are asked for early
	 * are bound early.
	 */
	static Supplier<DiscoveryVirtualTargets> of(Environment environment,
			ObjectProvider<GrpcClientProperties> properties) {
		return SingletonSupplier
			.of(() -> new DiscoveryVirtualTargets(environment, properties.getIfAvailable(GrpcClientProperties::new)));
	}

	@Override
	public String getTarget(String name) {
		Channel channel = this.properties.getChannel().get(name);
		if (channel != null && hasTarget(name, channel)) {
			return address(this.environment.resolvePlaceholders(channel.getTarget()));
		}
		if (name.equals(DEFAULT_CHANNEL)) {
			return address(DEFAULT_TARGET);
		}
		String target = this.environment.resolvePlaceholders(name);
		if (target.indexOf(':') < 0) {
			return DiscoveryTarget.ANY_REGISTRY + ":///" + target;
		}
		return (target.contains(":/") || target.startsWith("unix:")) ? address(target) : target;
	}

	/**
	 * Whether a channel is looked up in a registry.
	 * @param name what it is called, or its target
	 */
	boolean isLookedUp(String name) {
		return DiscoveryTarget.isOne(getTarget(name));
	}

	/**
	 * Whether a channel has no target but its name.
	 * @param name what it is called, or its target
	 */
	boolean isBareName(String name) {
		return name.indexOf(':') < 0 && getTarget(name).startsWith(DiscoveryTarget.ANY_REGISTRY + ":");
	}

	private boolean hasTarget(String name, Channel channel) {
		return this.channelsWithTarget.contains(name) || !channel.getTarget().equals(DEFAULT_TARGET);
	}

	private static String address(String target) {
		return (target.startsWith("static:") || target.startsWith("tcp:"))
				? target.substring(target.indexOf(':') + 1).replaceFirst("^/+", "") : target;
	}

	/**
	 * Bound only where there is such a property.
	 *
	 * @param target what is configured
	 */
	record Target(@Nullable String target) {
	}

}
