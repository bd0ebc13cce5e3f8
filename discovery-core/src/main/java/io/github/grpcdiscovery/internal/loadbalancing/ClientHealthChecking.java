package io.github.grpcdiscovery.internal.loadbalancing;

import java.util.Map;
import java.util.function.Function;

import io.grpc.LoadBalancer;
import io.grpc.Status;
import io.grpc.protobuf.services.HealthCheckingLoadBalancerUtil;
import io.grpc.util.ForwardingLoadBalancer;
import org.jspecify.annotations.Nullable;

/**
 * Adds gRPC's own health checking while a service config asks for it
 * ({@code healthCheckConfig}): servers that say that they do not serve are not connected
 * then. gRPC offers it where {@code grpc-services} is on the class path. Without, the
 * policy below is used as it is, since that costs each call an object. In the channel's
 * synchronization context.
 */
final class ClientHealthChecking extends ForwardingLoadBalancer {

	private static final boolean PRESENT = isPresent();

	private final Helper helper;

	private final Function<Helper, LoadBalancer> factory;

	private LoadBalancer delegate;

	private boolean checking;

	ClientHealthChecking(Helper helper, Function<Helper, LoadBalancer> factory) {
		this.helper = helper;
		this.factory = factory;
		this.delegate = factory.apply(helper);
	}

	private static boolean isPresent() {
		try {
			Class.forName("io.grpc.protobuf.services.HealthCheckingLoadBalancerUtil", false,
					ClientHealthChecking.class.getClassLoader());
			return true;
		}
		catch (ClassNotFoundException ex) {
			return false;
		}
	}

	@Override
	protected LoadBalancer delegate() {
		return this.delegate;
	}

	@Override
	public Status acceptResolvedAddresses(ResolvedAddresses resolved) {
		Map<String, ?> config = resolved.getAttributes().get(LoadBalancer.ATTR_HEALTH_CHECKING_CONFIG);
		boolean checking = PRESENT && isConfigured(config);
		if (checking != this.checking) {
			this.checking = checking;
			LoadBalancer before = this.delegate;
			this.delegate = checking ? Wrapper.wrap(this.factory, this.helper) : this.factory.apply(this.helper);
			before.shutdown();
		}
		return this.delegate.acceptResolvedAddresses(resolved);
	}

	private static boolean isConfigured(@Nullable Map<String, ?> config) {
		return config != null && config.get("serviceName") != null;
	}

	/** Needs the class. */
	private static final class Wrapper {

		private Wrapper() {
		}

		static LoadBalancer wrap(Function<Helper, LoadBalancer> factory, Helper helper) {
			return HealthCheckingLoadBalancerUtil.newHealthCheckingLoadBalancer(new LoadBalancer.Factory() {

				@Override
				public LoadBalancer newLoadBalancer(Helper child) {
					return factory.apply(child);
				}

			}, helper);
		}

	}

}
