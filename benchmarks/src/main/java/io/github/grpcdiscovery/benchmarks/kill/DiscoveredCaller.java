package io.github.grpcdiscovery.benchmarks.kill;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.benchmarks.Channels;
import io.github.grpcdiscovery.benchmarks.EchoServer;
import io.github.grpcdiscovery.benchmarks.Pause;
import io.github.grpcdiscovery.retry.IdempotentCallRetry;

/**
 * A client as an application of this starter has it, in this process.
 */
final class DiscoveredCaller implements Caller {

	private static final byte[] REQUEST = {};

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

	private final AtomicLong made = new AtomicLong();

	private final AtomicLong answered = new AtomicLong();

	private final AtomicLong failed = new AtomicLong();

	private final ManagedChannel channel;

	private DiscoveredCaller(ManagedChannel channel) {
		this.channel = channel;
	}

	static DiscoveredCaller start(Registry registry, String service, int rate) {
		DiscoveredCaller caller = new DiscoveredCaller(
				Channels.discoveredBuilder(registry, service).intercept(new IdempotentCallRetry()).build());
		caller.timer.scheduleAtFixedRate(caller::call, 0, TimeUnit.SECONDS.toNanos(1) / rate, TimeUnit.NANOSECONDS);
		return caller;
	}

	private void call() {
		this.made.incrementAndGet();
		ClientCalls.asyncUnaryCall(
				this.channel.newCall(EchoServer.METHOD, CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.SECONDS)),
				REQUEST, new Counted());
	}

	@Override
	public Outcome end() {
		this.timer.shutdown();
		Pause.until("the end of all calls", () -> this.answered.get() + this.failed.get() == this.made.get());
		this.channel.shutdownNow();
		return new Outcome(this.made.get(), this.failed.get());
	}

	private final class Counted implements StreamObserver<byte[]> {

		@Override
		public void onNext(byte[] answer) {
			DiscoveredCaller.this.answered.incrementAndGet();
		}

		@Override
		public void onError(Throwable error) {
			DiscoveredCaller.this.failed.incrementAndGet();
		}

		@Override
		public void onCompleted() {
		}

	}

}
