package io.github.grpcdiscovery.internal.loadbalancing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.Context;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

import static org.assertj.core.api.Assertions.assertThat;

/** A connection to a server of the test's. */
final class FakeServer extends Subchannel {

	private final List<ClientCall.Listener<?>> probes = new ArrayList<>();

	private final List<Context> contexts = new ArrayList<>();

	private final boolean connects;

	private List<EquivalentAddressGroup> addresses;

	private LoadBalancer.SubchannelStateListener listener;

	private ClientStreamTracer tracer;

	private boolean full;

	private boolean shutdown;

	private int cancelled;

	private int requests;

	FakeServer(List<EquivalentAddressGroup> addresses, boolean connects) {
		this.addresses = addresses;
		this.connects = connects;
	}

	@Override
	public void start(LoadBalancer.SubchannelStateListener listener) {
		this.listener = listener;
		if (this.connects) {
			connect();
		}
	}

	/** It takes the connection. */
	void connect() {
		state(ConnectivityStateInfo.forNonError(ConnectivityState.READY));
	}

	/** It refuses the connection. */
	void refuse() {
		state(ConnectivityStateInfo
			.forTransientFailure(Status.UNAVAILABLE.withDescription("refused").withCause(new IOException())));
	}

	void state(ConnectivityStateInfo state) {
		this.listener.onSubchannelState(state);
	}

	/** It allows no more streams, so that a probe waits on our side. */
	void fill() {
		this.full = true;
	}

	void called(ClientStreamTracer tracer) {
		this.tracer = tracer;
	}

	/** The tracer of the newest call. */
	ClientStreamTracer tracer() {
		return this.tracer;
	}

	/** What waits for an answer to a probe. */
	List<ClientCall.Listener<?>> probes() {
		return this.probes;
	}

	List<Context> contexts() {
		return this.contexts;
	}

	int cancelled() {
		return this.cancelled;
	}

	/** How often a connection was asked for. */
	int requests() {
		return this.requests;
	}

	boolean isShutdown() {
		return this.shutdown;
	}

	@Override
	public void shutdown() {
		this.shutdown = true;
	}

	@Override
	public void requestConnection() {
		this.requests++;
	}

	@Override
	public void updateAddresses(List<EquivalentAddressGroup> addresses) {
		this.addresses = addresses;
	}

	@Override
	public List<EquivalentAddressGroup> getAllAddresses() {
		return this.addresses;
	}

	@Override
	public Attributes getAttributes() {
		return Attributes.EMPTY;
	}

	@Override
	public Channel asChannel() {
		return new Channel() {

			@Override
			public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
				assertThat(method.getFullMethodName()).isEqualTo("grpc.health.v1.Health/Check");
				FakeServer.this.contexts.add(Context.current());
				if (!FakeServer.this.full) {
					options.getStreamTracerFactories()
						.forEach((tracers) -> tracers
							.newClientStreamTracer(ClientStreamTracer.StreamInfo.newBuilder().build(), new Metadata())
							.outboundHeaders());
				}
				return new Probe<>();
			}

			@Override
			public String authority() {
				return "echo";
			}

		};
	}

	private final class Probe<Q, A> extends ClientCall<Q, A> {

		@Override
		public void start(Listener<A> listener, Metadata headers) {
			FakeServer.this.probes.add(listener);
		}

		@Override
		public void request(int numMessages) {
			assertThat(numMessages).isEqualTo(1);
		}

		@Override
		public void cancel(String message, Throwable cause) {
			FakeServer.this.cancelled++;
		}

		@Override
		public void halfClose() {
			// sent
		}

		@Override
		public void sendMessage(Q message) {
			assertThat((byte[]) message).isEmpty();
		}

	}

}
