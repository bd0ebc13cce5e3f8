package io.github.grpcdiscovery.benchmarks.join;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;

import io.github.grpcdiscovery.benchmarks.EchoServer;
import io.github.grpcdiscovery.benchmarks.Pause;

/**
 * Calls over one channel, one after the other, each made by the answer to the one before.
 */
final class Calls implements StreamObserver<byte[]> {

	private static final byte[] REQUEST = {};

	private final Channel channel;

	private final AtomicLong answers = new AtomicLong();

	private final Map<Integer, CompletableFuture<Long>> expected = new ConcurrentHashMap<>();

	private volatile boolean running;

	private volatile boolean idle = true;

	private volatile Status failure;

	Calls(Channel channel) {
		this.channel = channel;
	}

	/**
	 * Begins, and waits until answers flow.
	 */
	void start() {
		long before = this.answers.get();
		this.running = true;
		this.idle = false;
		call();
		Pause.until("answers", () -> this.answers.get() >= before + 20 || this.failure != null);
	}

	/**
	 * Ends, and waits for the answer to the last call.
	 */
	void stop() {
		this.running = false;
		Pause.until("the last answer", () -> this.idle);
		if (this.failure != null) {
			throw new IllegalStateException("a call failed: " + this.failure);
		}
	}

	/**
	 * When the next answer of one server comes.
	 * @param server its number
	 * @return completes with the {@link System#nanoTime()} of the answer
	 */
	CompletableFuture<Long> expect(int server) {
		CompletableFuture<Long> answered = new CompletableFuture<>();
		this.expected.put(server, answered);
		return answered;
	}

	private void call() {
		CallOptions options = CallOptions.DEFAULT.withWaitForReady();
		ClientCalls.asyncUnaryCall(this.channel.newCall(EchoServer.METHOD, options), REQUEST, this);
	}

	@Override
	public void onNext(byte[] answer) {
		if (!this.expected.isEmpty()) {
			CompletableFuture<Long> expected = this.expected.remove(EchoServer.number(answer));
			if (expected != null) {
				expected.complete(System.nanoTime());
			}
		}
		this.answers.incrementAndGet();
	}

	@Override
	public void onError(Throwable error) {
		this.failure = Status.fromThrowable(error);
		this.idle = true;
	}

	@Override
	public void onCompleted() {
		if (this.running) {
			call();
		}
		else {
			this.idle = true;
		}
	}

}
