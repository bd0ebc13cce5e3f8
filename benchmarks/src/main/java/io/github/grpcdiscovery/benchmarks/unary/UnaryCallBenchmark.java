package io.github.grpcdiscovery.benchmarks.unary;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.benchmarks.Channels;
import io.github.grpcdiscovery.benchmarks.EchoServer;
import io.github.grpcdiscovery.benchmarks.Etcd;
import io.github.grpcdiscovery.benchmarks.Pause;

/**
 * A unary call over a discovered channel, over a static one, and over a second static one
 * as a control that shows how exact the comparison is. All three are called in turn, in
 * an order that goes round, so that whatever disturbs the machine disturbs all alike.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
public class UnaryCallBenchmark {

	/** JVM option that names the etcd to use. */
	static final String ETCD = "benchmarks.etcd";

	/** JVM option that says what the discovered channel is held against. */
	static final String AGAINST = "benchmarks.against";

	static final String SERVICE = "unary";

	private static final byte[] REQUEST = new byte[64];

	private static final int[][] ORDERS = { { 0, 1, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 }, { 0, 2, 1 },
			{ 1, 0, 2 } };

	private final List<EchoServer> servers = new ArrayList<>();

	private final ManagedChannel[] channels = new ManagedChannel[3];

	private EventLoopGroup eventLoop;

	private ExecutorService executor;

	private Registry registry;

	private int round;

	@Setup
	public void start() {
		URI endpoint = URI.create(System.getProperty(ETCD));
		for (int i = 0; i < 3; i++) {
			this.servers.add(EchoServer.start(i));
		}
		List<String> addresses = this.servers.stream().map(EchoServer::address).toList();
		try (Etcd etcd = new Etcd(endpoint)) {
			etcd.deleteAll(SERVICE);
			etcd.putAll(SERVICE, addresses);
		}
		this.registry = Channels.etcd(endpoint);
		// one thread, so that no channel has a better place than another
		this.eventLoop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
		this.executor = Executors.newCachedThreadPool();
		Supplier<NettyChannelBuilder> base = System.getProperty(AGAINST).equals(UnaryCallComparison.HANGING)
				? () -> Channels.plainDiscoveredBuilder(this.registry, SERVICE)
				: () -> Channels.fixedBuilder(addresses);
		List<Supplier<NettyChannelBuilder>> builders = List.of(() -> Channels.discoveredBuilder(this.registry, SERVICE),
				base, base);
		List<Integer> order = new ArrayList<>(List.of(0, 1, 2));
		Collections.shuffle(order);
		for (int i : order) {
			this.channels[i] = builders.get(i)
				.get()
				.eventLoopGroup(this.eventLoop)
				.channelType(NioSocketChannel.class)
				.executor(this.executor)
				.build();
			awaitAllServers(this.channels[i]);
		}
	}

	private void awaitAllServers(ManagedChannel channel) {
		boolean[] seen = new boolean[this.servers.size()];
		Pause.until("an answer of every server", () -> {
			seen[EchoServer.number(call(channel, CallOptions.DEFAULT.withWaitForReady()))] = true;
			return channel.getState(false) == ConnectivityState.READY && seen[0] && seen[1] && seen[2];
		});
	}

	@TearDown
	public void stop() {
		for (ManagedChannel channel : this.channels) {
			channel.shutdownNow();
		}
		this.registry.close();
		this.servers.forEach(EchoServer::close);
		this.executor.shutdownNow();
		this.eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
	}

	/**
	 * One call over each channel.
	 * @return the last answer
	 */
	@Benchmark
	public byte[] oneCallOverEach(Times times) {
		byte[] answer = null;
		for (int i : ORDERS[this.round++ % ORDERS.length]) {
			long start = System.nanoTime();
			answer = call(this.channels[i], CallOptions.DEFAULT);
			times.add(i, System.nanoTime() - start);
		}
		return answer;
	}

	private static byte[] call(Channel channel, CallOptions options) {
		return ClientCalls.blockingUnaryCall(channel, EchoServer.METHOD, options, REQUEST);
	}

	/** What the calls of one iteration took. */
	@AuxCounters(AuxCounters.Type.EVENTS)
	@State(Scope.Thread)
	public static class Times {

		private static final int MAX = 200_000;

		private final long[][] nanos = new long[3][MAX];

		private final int[] size = new int[3];

		private final long[] sum = new long[3];

		private final int[] count = new int[3];

		void add(int channel, long nanos) {
			this.sum[channel] += nanos;
			this.count[channel]++;
			if (this.size[channel] < MAX) {
				this.nanos[channel][this.size[channel]++] = nanos;
			}
		}

		@Setup(Level.Iteration)
		public void clear() {
			Arrays.fill(this.size, 0);
			Arrays.fill(this.sum, 0);
			Arrays.fill(this.count, 0);
		}

		public double discoveredMean() {
			return mean(0);
		}

		public double staticMean() {
			return mean(1);
		}

		public double controlMean() {
			return mean(2);
		}

		public double discoveredP50() {
			return median(0);
		}

		public double staticP50() {
			return median(1);
		}

		public double controlP50() {
			return median(2);
		}

		private double mean(int channel) {
			return this.sum[channel] / 1e3 / Math.max(this.count[channel], 1);
		}

		private double median(int channel) {
			long[] sorted = Arrays.copyOf(this.nanos[channel], Math.max(this.size[channel], 1));
			Arrays.sort(sorted);
			return sorted[sorted.length / 2] / 1e3;
		}

	}

}
