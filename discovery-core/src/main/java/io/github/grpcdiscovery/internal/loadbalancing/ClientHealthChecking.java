package io.github.grpcdiscovery.internal.loadbalancing;

import java.util.function.Function;

import io.grpc.LoadBalancer;
import io.grpc.protobuf.services.HealthCheckingLoadBalancerUtil;

/**
 * gRPC's own health checking by service config ({@code healthCheckConfig}), which gRPC
 * offers where {@code grpc-services} is on the class path. Any thread.
 */
final class ClientHealthChecking {

	private static final boolean PRESENT = isPresent();

	private ClientHealthChecking() {
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

	/**
	 * Lets a policy see servers as not connected while they say that they do not serve.
	 * @param factory makes the policy
	 * @return makes it with health checking, if there is any
	 */
	static Function<LoadBalancer.Helper, LoadBalancer> wrap(Function<LoadBalancer.Helper, LoadBalancer> factory) {
		return PRESENT ? (helper) -> Wrapper.wrap(factory, helper) : factory;
	}

	/** Needs the class. */
	private static final class Wrapper {

		private Wrapper() {
		}

		static LoadBalancer wrap(Function<LoadBalancer.Helper, LoadBalancer> factory, LoadBalancer.Helper helper) {
			return HealthCheckingLoadBalancerUtil.newHealthCheckingLoadBalancer(new LoadBalancer.Factory() {

				@Override
				public LoadBalancer newLoadBalancer(LoadBalancer.Helper child) {
					return factory.apply(child);
				}

			}, helper);
		}

	}

}
