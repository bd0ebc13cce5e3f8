package io.github.grpcdiscovery.loadbalancing;

import java.util.function.Function;

import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer;
import io.grpc.Status;
import io.grpc.util.ForwardingLoadBalancer;
import io.grpc.util.ForwardingLoadBalancerHelper;
import org.jspecify.annotations.Nullable;

/**
 * Tells callers what the resolver says, such as that a service has no instances, for as
 * long as it says so and no connection works. gRPC's round robin forgets it as soon as a
 * connection to a server that was there before changes its state, and does not hear it
 * while one still works; plain calls then fail with "connection refused" and an address
 * that nobody knows any more, or wait while it is tried again. A connection that works
 * stays in use. In the channel's synchronization context.
 */
final class EmptyListLoadBalancer extends ForwardingLoadBalancer {

	private final Helper helper;

	private final LoadBalancer delegate;

	private ConnectivityState state = ConnectivityState.CONNECTING;

	private @Nullable SubchannelPicker picker;

	private @Nullable Status error;

	EmptyListLoadBalancer(Helper helper, Function<Helper, LoadBalancer> delegate) {
		this.helper = helper;
		this.delegate = delegate.apply(new ChildHelper());
	}

	@Override
	protected LoadBalancer delegate() {
		return this.delegate;
	}

	@Override
	public Status acceptResolvedAddresses(ResolvedAddresses resolved) {
		boolean wasEmpty = this.error != null;
		this.error = null;
		Status accepted = this.delegate.acceptResolvedAddresses(resolved);
		if (wasEmpty) {
			// whose state may be the one that it was before
			update();
		}
		return accepted;
	}

	@Override
	public void handleNameResolutionError(Status error) {
		this.error = error;
		update();
	}

	private void update() {
		Status error = this.error;
		if (error != null && this.state != ConnectivityState.READY) {
			this.helper.updateBalancingState(ConnectivityState.TRANSIENT_FAILURE,
					new FixedResultPicker(PickResult.withError(error)));
		}
		else if (this.picker != null) {
			this.helper.updateBalancingState(this.state, this.picker);
		}
	}

	private final class ChildHelper extends ForwardingLoadBalancerHelper {

		@Override
		protected Helper delegate() {
			return EmptyListLoadBalancer.this.helper;
		}

		@Override
		public void updateBalancingState(ConnectivityState state, SubchannelPicker picker) {
			EmptyListLoadBalancer.this.state = state;
			EmptyListLoadBalancer.this.picker = picker;
			update();
		}

	}

}
