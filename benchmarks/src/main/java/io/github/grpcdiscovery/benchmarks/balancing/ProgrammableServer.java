package io.github.grpcdiscovery.benchmarks.balancing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.grpc.Attributes;
import io.grpc.HandlerRegistry;
import io.grpc.Server;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.ServiceInstanceBuilder;
import io.github.grpcdiscovery.benchmarks.EchoServer;

/**
 * A gRPC server on loopback that does what a measurement tells it to: answer later, never
 * or with a failure. Whatever method is called, a frozen server says nothing. Any thread.
 */
final class ProgrammableServer implements AutoCloseable {

	/** Name of the service that all of them serve. */
	static final String SERVICE = "balancing";

	private static final ScheduledExecutorService DELAYS = Executors
		.newSingleThreadScheduledExecutor(Threads.daemon("answers-later"));

	private static final EventLoopGroup EVENT_LOOPS = new MultiThreadIoEventLoopGroup(2, Threads.daemon("servers"),
			NioIoHandler.newFactory());

	private final int number;

	private final AbruptServerChannel socket = new AbruptServerChannel();

	private final Server server;

	private final AtomicInteger connections = new AtomicInteger();

	private final List<Runnable> held = new ArrayList<>(); // guarded by
															// held

	private boolean frozen; // guarded by held

	private volatile boolean failing;

	private volatile long delayNanos;

	private ProgrammableServer(int number) {
		this.number = number;
		try {
			this.server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
				.channelFactory(() -> this.socket)
				.bossEventLoopGroup(EVENT_LOOPS)
				.workerEventLoopGroup(EVENT_LOOPS)
				.addService(ServerServiceDefinition.builder("benchmarks.Echo")
					.addMethod(EchoServer.METHOD, ServerCalls.asyncUnaryCall((request, answers) -> called(answers)))
					.build())
				.fallbackHandlerRegistry(new OtherMethods())
				.addTransportFilter(new Connections())
				.build()
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Starts servers on free ports.
	 * @param count how many; their numbers are 0 and up
	 */
	static List<ProgrammableServer> start(int count) {
		return IntStream.range(0, count).mapToObj(ProgrammableServer::new).toList();
	}

	int number() {
		return this.number;
	}

	int port() {
		return this.server.getPort();
	}

	/** The server as a registry has it. */
	ServiceInstanceBuilder instance() {
		return ServiceInstance.builder(SERVICE, "127.0.0.1", port());
	}

	/** How many connections were made to it so far. */
	int connections() {
		return this.connections.get();
	}

	/** From now on, each answer comes so much later. */
	void delay(Duration delay) {
		this.delayNanos = delay.toNanos();
	}

	/** From now on, each call fails at once with UNAVAILABLE, or no longer. */
	void fail(boolean failing) {
		this.failing = failing;
	}

	/** From now on, it takes calls and connections and says nothing. */
	void freeze() {
		synchronized (this.held) {
			this.frozen = true;
		}
	}

	/** Answers what it held back, and from now on every call. */
	void thaw() {
		List<Runnable> waiting;
		synchronized (this.held) {
			this.frozen = false;
			waiting = List.copyOf(this.held);
			this.held.clear();
		}
		waiting.forEach(Runnable::run);
	}

	/** How many calls it holds back. */
	int holdsBack() {
		synchronized (this.held) {
			return this.held.size();
		}
	}

	private void called(StreamObserver<byte[]> answers) {
		if (hold(answers, () -> answer(answers))) {
			return;
		}
		if (this.failing) {
			answers.onError(Status.UNAVAILABLE.withDescription("told to fail").asRuntimeException());
			return;
		}
		long delay = this.delayNanos;
		if (delay > 0) {
			DELAYS.schedule(() -> answer(answers), delay, TimeUnit.NANOSECONDS);
		}
		else {
			answer(answers);
		}
	}

	private void answer(StreamObserver<byte[]> answers) {
		answers.onNext(new byte[] { 0, 0, 0, (byte) this.number });
		answers.onCompleted();
	}

	private void otherCalled(StreamObserver<byte[]> answers) {
		if (!hold(answers, () -> refuse(answers))) {
			refuse(answers);
		}
	}

	private static void refuse(StreamObserver<byte[]> answers) {
		answers.onError(Status.UNIMPLEMENTED.asRuntimeException());
	}

	private boolean hold(StreamObserver<byte[]> answers, Runnable end) {
		((ServerCallStreamObserver<byte[]>) answers).setOnCancelHandler(() -> {
			// an answer is then written into the void, which is no error
		});
		synchronized (this.held) {
			return this.frozen && this.held.add(end);
		}
	}

	/** Ends it as a process that is killed ends. */
	void kill() {
		this.socket.kill();
	}

	/** Ends it, and says so to its clients. */
	@Override
	public void close() {
		this.server.shutdownNow();
	}

	/** A client's question for signs of life is a call of another method. */
	private final class OtherMethods extends HandlerRegistry {

		@Override
		public ServerMethodDefinition<?, ?> lookupMethod(String method, String authority) {
			return ServerMethodDefinition.create(EchoServer.METHOD.toBuilder().setFullMethodName(method).build(),
					ServerCalls.asyncUnaryCall((request, answers) -> otherCalled(answers)));
		}

	}

	private final class Connections extends ServerTransportFilter {

		@Override
		public Attributes transportReady(Attributes attributes) {
			ProgrammableServer.this.connections.incrementAndGet();
			return attributes;
		}

	}

}
