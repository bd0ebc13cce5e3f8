package io.github.grpcdiscovery.benchmarks.balancing;

import java.util.List;
import java.util.concurrent.ScheduledExecutorService;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelLogger;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.SynchronizationContext;

/**
 * The channel's side of a policy, without a channel: each connection is there at once,
 * and to nobody. Whatever is called on it is answered that there is no such method.
 */
final class UnconnectedHelper extends LoadBalancer.Helper {

	private final SynchronizationContext syncContext;

	private final ScheduledExecutorService timers;

	private volatile LoadBalancer.SubchannelPicker readyPicker;

	UnconnectedHelper(SynchronizationContext syncContext, ScheduledExecutorService timers) {
		this.syncContext = syncContext;
		this.timers = timers;
	}

	/** The picker of the last time that the policy was ready; {@code null} if never. */
	LoadBalancer.SubchannelPicker readyPicker() {
		return this.readyPicker;
	}

	@Override
	public LoadBalancer.Subchannel createSubchannel(LoadBalancer.CreateSubchannelArgs args) {
		return new Connection(args);
	}

	@Override
	public void updateBalancingState(ConnectivityState state, LoadBalancer.SubchannelPicker picker) {
		if (state == ConnectivityState.READY) {
			this.readyPicker = picker;
		}
	}

	@Override
	public SynchronizationContext getSynchronizationContext() {
		return this.syncContext;
	}

	@Override
	public ScheduledExecutorService getScheduledExecutorService() {
		return this.timers;
	}

	@Override
	public String getAuthority() {
		return ProgrammableServer.SERVICE;
	}

	@Override
	public String getChannelTarget() {
		return "discovery:///" + ProgrammableServer.SERVICE;
	}

	@Override
	public ManagedChannel createOobChannel(EquivalentAddressGroup group, String authority) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void refreshNameResolution() {
		// the list does not change
	}

	@Override
	public ChannelLogger getChannelLogger() {
		return new Silence();
	}

	private final class Connection extends LoadBalancer.Subchannel {

		private List<EquivalentAddressGroup> addresses;

		private final Attributes attributes;

		private LoadBalancer.SubchannelStateListener listener;

		Connection(LoadBalancer.CreateSubchannelArgs args) {
			this.addresses = args.getAddresses();
			this.attributes = args.getAttributes();
		}

		@Override
		public void start(LoadBalancer.SubchannelStateListener listener) {
			this.listener = listener;
			UnconnectedHelper.this.syncContext
				.execute(() -> listener.onSubchannelState(ConnectivityStateInfo.forNonError(ConnectivityState.IDLE)));
		}

		@Override
		public void requestConnection() {
			UnconnectedHelper.this.syncContext.execute(() -> {
				this.listener.onSubchannelState(ConnectivityStateInfo.forNonError(ConnectivityState.CONNECTING));
				this.listener.onSubchannelState(ConnectivityStateInfo.forNonError(ConnectivityState.READY));
			});
		}

		@Override
		public void shutdown() {
			// there is nothing to close
		}

		@Override
		public List<EquivalentAddressGroup> getAllAddresses() {
			return this.addresses;
		}

		@Override
		public void updateAddresses(List<EquivalentAddressGroup> addresses) {
			this.addresses = addresses;
		}

		@Override
		public Attributes getAttributes() {
			return this.attributes;
		}

		@Override
		public Attributes getConnectedAddressAttributes() {
			return this.addresses.get(0).getAttributes();
		}

		@Override
		public ChannelLogger getChannelLogger() {
			return new Silence();
		}

		@Override
		public Channel asChannel() {
			return new Unimplemented();
		}

	}

	private static final class Unimplemented extends Channel {

		private static final Metadata.Key<String> CONTENT_TYPE = Metadata.Key.of("content-type",
				Metadata.ASCII_STRING_MARSHALLER);

		@Override
		public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
			return new ClientCall<>() {

				@Override
				public void start(Listener<A> listener, Metadata headers) {
					Metadata trailers = new Metadata();
					trailers.put(CONTENT_TYPE, "application/grpc");
					listener.onClose(Status.UNIMPLEMENTED, trailers);
				}

				@Override
				public void request(int messages) {
				}

				@Override
				public void cancel(String message, Throwable cause) {
				}

				@Override
				public void halfClose() {
				}

				@Override
				public void sendMessage(Q message) {
				}

			};
		}

		@Override
		public String authority() {
			return ProgrammableServer.SERVICE;
		}

	}

	private static final class Silence extends ChannelLogger {

		@Override
		public void log(ChannelLogLevel level, String message) {
		}

		@Override
		public void log(ChannelLogLevel level, String format, Object... arguments) {
		}

	}

}
