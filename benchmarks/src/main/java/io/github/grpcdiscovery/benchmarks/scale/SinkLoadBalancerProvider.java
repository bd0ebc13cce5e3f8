package io.github.grpcdiscovery.benchmarks.scale;

import java.util.Map;
import java.util.function.IntConsumer;

import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;

/**
 * A load balancing policy that connects to nothing and only says when it was given
 * addresses: where discovery ends and grpc-java begins.
 */
final class SinkLoadBalancerProvider extends LoadBalancerProvider {

	static final String POLICY = "benchmarks_sink";

	private final IntConsumer listener;

	/**
	 * Creates the policy.
	 * @param listener told how many addresses there are, in the channel's synchronization
	 * context
	 */
	SinkLoadBalancerProvider(IntConsumer listener) {
		this.listener = listener;
	}

	@Override
	public boolean isAvailable() {
		return true;
	}

	@Override
	public int getPriority() {
		return 5;
	}

	@Override
	public String getPolicyName() {
		return POLICY;
	}

	@Override
	public ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> config) {
		return ConfigOrError.fromConfig("none");
	}

	@Override
	public LoadBalancer newLoadBalancer(LoadBalancer.Helper helper) {
		return new LoadBalancer() {

			private LoadBalancer.ResolvedAddresses last; // held as a real policy holds it

			@Override
			public Status acceptResolvedAddresses(LoadBalancer.ResolvedAddresses addresses) {
				this.last = addresses;
				SinkLoadBalancerProvider.this.listener.accept(this.last.getAddresses().size());
				return Status.OK;
			}

			@Override
			public void handleNameResolutionError(Status error) {
				SinkLoadBalancerProvider.this.listener.accept(0);
			}

			@Override
			public void shutdown() {
				this.last = null;
			}

		};
	}

}
