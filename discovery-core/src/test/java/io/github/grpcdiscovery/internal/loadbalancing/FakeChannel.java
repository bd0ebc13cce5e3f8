package io.github.grpcdiscovery.internal.loadbalancing;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.SynchronizationContext;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.resolver.BalancingSettings;
import io.github.grpcdiscovery.resolver.DiscoveryAttributes;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

/** A channel's balancer on servers and time of the test's. */
final class FakeChannel {

	/** A method whose calls wait for one answer. */
	static final MethodDescriptor<byte[], byte[]> UNARY = HealthCheck.METHOD;

	private static final MethodDescriptor<byte[], byte[]> STREAM = UNARY.toBuilder()
		.setType(MethodDescriptor.MethodType.BIDI_STREAMING)
		.build();

	private static final int FIRST_PORT = 9000;

	private final FakeScheduler scheduler = new FakeScheduler();

	private final SynchronizationContext syncContext = new SynchronizationContext((thread, error) -> {
		throw new AssertionError(error);
	});

	private final List<FakeServer> servers = new ArrayList<>();

	private final Map<SocketAddress, FakeServer> newest = new HashMap<>();

	private final Instant started = Instant.parse("2026-01-01T00:00:00Z");

	private final DiscoveryLoadBalancer balancer;

	private ConnectivityState state = ConnectivityState.IDLE;

	private SubchannelPicker picker = new LoadBalancer.FixedResultPicker(PickResult.withNoResult());

	private int refreshes;

	private long paused;

	private boolean connects = true;

	FakeChannel() {
		this.balancer = new DiscoveryLoadBalancer(new FakeHelper(), this::nanoTime, this::now, new Schedule.Turns(0));
	}

	private long nanoTime() {
		return this.scheduler.nanoTime() + this.paused;
	}

	/** Servers do not connect by themselves from now on. */
	FakeChannel connectingByHand() {
		this.connects = false;
		return this;
	}

	/** The wall clock's time. */
	Instant now() {
		return this.started.plusNanos(this.scheduler.nanoTime());
	}

	/** Balances over so many servers, which nobody knows more of. */
	void balance(int servers, Duration unresponsiveAfter) {
		accept(BalancingSettings.builder().unresponsiveAfter(unresponsiveAfter).build(),
				IntStream.range(0, servers).mapToObj((i) -> new EquivalentAddressGroup(address(i))).toList());
	}

	/** Balances over instances. */
	void balance(BalancingSettings settings, ServiceInstance... instances) {
		accept(settings, List.of(instances)
			.stream()
			.map((instance) -> new EquivalentAddressGroup(new InetSocketAddress(instance.host(), instance.port()),
					Attributes.newBuilder().set(DiscoveryAttributes.INSTANCE, instance).build()))
			.toList());
	}

	private void accept(BalancingSettings settings, List<EquivalentAddressGroup> addresses) {
		this.syncContext.execute(() -> this.balancer.acceptResolvedAddresses(ResolvedAddresses.newBuilder()
			.setAddresses(addresses)
			.setAttributes(Attributes.newBuilder().set(DiscoveryAttributes.BALANCING, settings).build())
			.build()));
	}

	/** An instance at the address of a server. */
	static ServiceInstance instance(int server) {
		return ServiceInstance.of("echo", "127.0.0.1", FIRST_PORT + server);
	}

	static InetSocketAddress address(int server) {
		return new InetSocketAddress("127.0.0.1", FIRST_PORT + server);
	}

	/** The newest connection to a server. */
	FakeServer server(int server) {
		FakeServer newest = this.newest.get(address(server));
		if (newest == null) {
			throw new AssertionError("no server " + server);
		}
		return newest;
	}

	List<FakeServer> servers() {
		return this.servers;
	}

	ConnectivityState state() {
		return this.state;
	}

	SubchannelPicker picker() {
		return this.picker;
	}

	int refreshes() {
		return this.refreshes;
	}

	FakeScheduler scheduler() {
		return this.scheduler;
	}

	void execute(Runnable task) {
		this.syncContext.execute(task);
	}

	DiscoveryLoadBalancer balancer() {
		return this.balancer;
	}

	/** The process does not run for a while, which its timers do not notice. */
	void pause(Duration time) {
		this.paused += time.toNanos();
	}

	/** Time in which these servers are called and answer, each every 50 ms. */
	void pass(Duration time, Integer... answering) {
		for (long i = 0; i < time.toMillis() / 50; i++) {
			for (int server : answering) {
				call(server);
				server(server).tracer().inboundHeaders();
			}
			this.scheduler.advance(Duration.ofMillis(50));
		}
	}

	/** Begins a call to a server, which is no load: a stream. */
	void call(int server) {
		server(server).called(begin(server, STREAM));
	}

	/** Begins a call to a server that waits for one answer. */
	ClientStreamTracer begin(int server) {
		return begin(server, UNARY);
	}

	private ClientStreamTracer begin(int server, MethodDescriptor<?, ?> method) {
		return begin(this.balancer.servers()
			.stream()
			.filter((candidate) -> candidate.isAt(address(server)))
			.findFirst()
			.orElseThrow()
			.pick(method));
	}

	private static ClientStreamTracer begin(PickResult picked) {
		return picked.getStreamTracerFactory()
			.newClientStreamTracer(ClientStreamTracer.StreamInfo.newBuilder().build(), new Metadata());
	}

	/**
	 * Makes calls one after the other, each answered after a time by the server that is
	 * picked.
	 */
	void calls(int count, IntFunction<Duration> time) {
		for (int i = 0; i < count; i++) {
			PickResult picked = this.picker.pickSubchannel(new Arguments(CallOptions.DEFAULT));
			ClientStreamTracer tracer = begin(picked);
			this.scheduler.advance(time.apply(index(picked)));
			tracer.inboundHeaders();
			tracer.streamClosed(Status.OK);
		}
	}

	/** Which servers are picked for so many calls. */
	List<Integer> picks(int count) {
		return picks(count, CallOptions.DEFAULT);
	}

	List<Integer> picks(int count, CallOptions options) {
		return IntStream.range(0, count)
			.mapToObj((i) -> index(this.picker.pickSubchannel(new Arguments(options))))
			.toList();
	}

	private static int index(PickResult picked) {
		InetSocketAddress address = (InetSocketAddress) picked.getSubchannel()
			.getAllAddresses()
			.get(0)
			.getAddresses()
			.get(0);
		return address.getPort() - FIRST_PORT;
	}

	/** A call of a unary method. */
	static final class Arguments extends LoadBalancer.PickSubchannelArgs {

		private final CallOptions options;

		Arguments(CallOptions options) {
			this.options = options;
		}

		@Override
		public CallOptions getCallOptions() {
			return this.options;
		}

		@Override
		public Metadata getHeaders() {
			return new Metadata();
		}

		@Override
		public MethodDescriptor<?, ?> getMethodDescriptor() {
			return UNARY;
		}

	}

	private final class FakeHelper extends LoadBalancer.Helper {

		@Override
		public Subchannel createSubchannel(LoadBalancer.CreateSubchannelArgs args) {
			FakeServer server = new FakeServer(args.getAddresses(), FakeChannel.this.connects);
			FakeChannel.this.servers.add(server);
			server.getAllAddresses()
				.get(0)
				.getAddresses()
				.forEach((address) -> FakeChannel.this.newest.put(address, server));
			return server;
		}

		@Override
		public ManagedChannel createOobChannel(EquivalentAddressGroup address, String authority) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void updateBalancingState(ConnectivityState state, SubchannelPicker picker) {
			FakeChannel.this.state = state;
			FakeChannel.this.picker = picker;
		}

		@Override
		public void refreshNameResolution() {
			FakeChannel.this.refreshes++;
		}

		@Override
		public SynchronizationContext getSynchronizationContext() {
			return FakeChannel.this.syncContext;
		}

		@Override
		public ScheduledExecutorService getScheduledExecutorService() {
			return FakeChannel.this.scheduler;
		}

		@Override
		public String getAuthority() {
			return "echo";
		}

	}

}
