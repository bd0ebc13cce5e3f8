package io.github.grpcdiscovery.benchmarks.balancing;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

import io.github.grpcdiscovery.benchmarks.EchoServer;
import io.github.grpcdiscovery.benchmarks.Pause;

/**
 * Calls at a steady rate, whether or not earlier ones are answered.
 */
final class OpenLoop implements AutoCloseable {

	private static final byte[] REQUEST = {};

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(Threads.daemon("calls"));

	private final Queue<Call> ended = new ConcurrentLinkedQueue<>();

	private final AtomicLong underWay = new AtomicLong();

	private final Client client;

	private final MethodDescriptor<byte[], byte[]> method;

	private final Duration deadline;

	private OpenLoop(Client client, MethodDescriptor<byte[], byte[]> method, Duration deadline) {
		this.client = client;
		this.method = method;
		this.deadline = deadline;
	}

	/**
	 * Begins to call.
	 * @param client who calls
	 * @param rate calls a second
	 * @param deadline of each call
	 */
	static OpenLoop start(Client client, int rate, Duration deadline) {
		return start(client, EchoServer.METHOD, rate, deadline);
	}

	/** The same, of a method whose calls may be made twice. */
	static OpenLoop startIdempotent(Client client, int rate, Duration deadline) {
		return start(client, EchoServer.METHOD.toBuilder().setIdempotent(true).build(), rate, deadline);
	}

	private static OpenLoop start(Client client, MethodDescriptor<byte[], byte[]> method, int rate, Duration deadline) {
		OpenLoop loop = new OpenLoop(client, method, deadline);
		loop.timer.scheduleAtFixedRate(loop::call, 0, TimeUnit.SECONDS.toNanos(1) / rate, TimeUnit.NANOSECONDS);
		return loop;
	}

	private void call() {
		this.underWay.incrementAndGet();
		ClientCall<byte[], byte[]> call = this.client.channel()
			.newCall(this.method, CallOptions.DEFAULT.withDeadlineAfter(this.deadline.toNanos(), TimeUnit.NANOSECONDS));
		call.start(new Ended(call), new Metadata());
		call.request(2);
		call.sendMessage(REQUEST);
		call.halfClose();
	}

	/** The calls that have ended so far. */
	CallLog log() {
		return new CallLog(this.ended);
	}

	/** Calls no more, and waits for the end of all calls. */
	@Override
	public void close() {
		this.timer.shutdown();
		Pause.until("the end of all calls", () -> this.timer.isTerminated() && this.underWay.get() == 0);
	}

	private final class Ended extends ClientCall.Listener<byte[]> {

		private final long began = System.nanoTime();

		private final ClientCall<byte[], byte[]> call;

		Ended(ClientCall<byte[], byte[]> call) {
			this.call = call;
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			OpenLoop loop = OpenLoop.this;
			long now = System.nanoTime();
			int server = loop.client.numberAt(this.call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
			loop.ended.add(new Call(this.began, now, server, status.isOk()));
			loop.underWay.decrementAndGet();
		}

	}

}
