package io.github.grpcdiscovery.internal.loadbalancing;

import java.util.function.Function;

import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer;
import io.grpc.Status;
import io.grpc.util.ForwardingLoadBalancer;
import io.grpc.util.ForwardingLoadBalancerHelper;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.resolver.EmptyServiceException;

/**
 * Tells callers what the resolver says. That the registry holds no instance ends the
 * policy below with all its connections, so that nobody is called who is registered no
 * more; the next list begins with a new one. Any other error, such as a registry that
 * cannot be read, is told while no connection works: one that works stays in use. gRPC's
 * round robin hears neither while a connection works, and forgets them as soon as one
 * changes its state. In the channel's synchronization context.
 */
final class EmptyListLoadBalancer extends ForwardingLoadBalancer {

	private final Helper helper;

	private final Function<Helper, LoadBalancer> factory;

	private LoadBalancer delegate;

	private ChildHelper child;

	private ConnectivityState state = ConnectivityState.CONNECTING;

	private SubchannelPicker picker = new FixedResultPicker(PickResult.withNoResult());

	private @Nullable Status error;

	EmptyListLoadBalancer(Helper helper, Function<Helper, LoadBalancer> factory) {
		this.helper = helper;
		this.factory = factory;
		this.child = new ChildHelper();
		this.delegate = factory.apply(this.child);
	}

	@Override
	protected LoadBalancer delegate() {
		return this.delegate;
	}

	@Override
	public Status acceptResolvedAddresses(ResolvedAddresses resolved) {
		boolean hadError = this.error != null;
		this.error = null;
		Status accepted = this.delegate.acceptResolvedAddresses(resolved);
		if (hadError) {
			// whose state may be the one that it was before
			update();
		}
		return accepted;
	}

	@Override
	public void handleNameResolutionError(Status error) {
		if (EmptyServiceException.isCauseOf(error)) {
			replaceDelegate();
		}
		this.error = error.withCause(null);
		update();
	}

	private void replaceDelegate() {
		LoadBalancer before = this.delegate;
		this.child = new ChildHelper();
		this.delegate = this.factory.apply(this.child);
		this.state = ConnectivityState.CONNECTING;
		this.picker = new FixedResultPicker(PickResult.withNoResult());
		before.shutdown();
	}

	private void update() {
		Status error = this.error;
		if (error != null && this.state != ConnectivityState.READY) {
			this.helper.updateBalancingState(ConnectivityState.TRANSIENT_FAILURE,
					new FixedResultPicker(PickResult.withError(error)));
		}
		else {
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
			if (EmptyListLoadBalancer.this.child != this) {
				return; // of a policy that has ended
			}
			EmptyListLoadBalancer.this.state = state;
			EmptyListLoadBalancer.this.picker = picker;
			update();
		}

	}

}
