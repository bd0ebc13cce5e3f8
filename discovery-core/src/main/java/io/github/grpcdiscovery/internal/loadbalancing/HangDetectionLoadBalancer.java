package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Duration;
import java.util.function.LongSupplier;

import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.Status;
import io.grpc.util.ForwardingLoadBalancer;
import io.grpc.util.ForwardingLoadBalancerHelper;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.resolver.DiscoveryAttributes;

/**
 * Round robin over the servers that are responsive: the {@link HangDetector} says which
 * ones get no calls. In the channel's synchronization context.
 */
final class HangDetectionLoadBalancer extends ForwardingLoadBalancer {

	private final Helper helper;

	private final BalancerClock clock;

	private final EjectionLog log;

	private final HangDetector detector;

	private final LoadBalancer roundRobin;

	private final FirstConnections firstConnections;

	HangDetectionLoadBalancer(Helper helper, LoadBalancerProvider roundRobin, LongSupplier nanoTime) {
		this.helper = helper;
		this.clock = new BalancerClock(helper.getSynchronizationContext(), nanoTime);
		this.log = new EjectionLog(helper::getAuthority);
		this.detector = new HangDetector(helper.getSynchronizationContext(), helper.getScheduledExecutorService(),
				this.clock, this.log);
		this.firstConnections = new FirstConnections(helper.getSynchronizationContext(),
				helper.getScheduledExecutorService(), this.detector::isConnecting, this::publish);
		this.roundRobin = roundRobin.newLoadBalancer(new ChildHelper());
	}

	@Override
	protected LoadBalancer delegate() {
		return this.roundRobin;
	}

	@Override
	public Status acceptResolvedAddresses(ResolvedAddresses resolved) {
		this.detector.configure(unresponsiveAfter(resolved));
		return this.roundRobin.acceptResolvedAddresses(resolved.toBuilder().setLoadBalancingPolicyConfig(null).build());
	}

	private static Duration unresponsiveAfter(ResolvedAddresses resolved) {
		if (resolved.getLoadBalancingPolicyConfig() instanceof Config config && config.unresponsiveAfter() != null) {
			return config.unresponsiveAfter();
		}
		Duration ofResolver = resolved.getAttributes().get(DiscoveryAttributes.UNRESPONSIVE_AFTER);
		return (ofResolver != null) ? ofResolver : Duration.ZERO;
	}

	private void publish(ConnectivityState state, SubchannelPicker picker) {
		this.helper.updateBalancingState(state,
				(state == ConnectivityState.READY) ? new HangDetectionPicker(picker, this.detector) : picker);
	}

	@Override
	public void shutdown() {
		this.firstConnections.shutdown();
		this.detector.shutdown();
		this.roundRobin.shutdown();
	}

	/**
	 * When a server is ejected.
	 *
	 * @param unresponsiveAfter how long nothing came from it; {@code null} to leave it to
	 * the resolver
	 */
	record Config(@Nullable Duration unresponsiveAfter) {

		static final Config ABSENT = new Config(null);

	}

	private final class ChildHelper extends ForwardingLoadBalancerHelper {

		@Override
		protected Helper delegate() {
			return HangDetectionLoadBalancer.this.helper;
		}

		@Override
		public Subchannel createSubchannel(CreateSubchannelArgs args) {
			HangDetectionLoadBalancer balancer = HangDetectionLoadBalancer.this;
			TrackedSubchannel subchannel = new TrackedSubchannel(balancer.clock, balancer.detector, balancer.log,
					delegate().createSubchannel(args), args.getAddresses());
			balancer.detector.add(subchannel);
			return subchannel;
		}

		@Override
		public void updateBalancingState(ConnectivityState state, SubchannelPicker picker) {
			HangDetectionLoadBalancer.this.firstConnections.update(state, picker);
		}

	}

}
