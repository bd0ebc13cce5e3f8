package io.github.grpcdiscovery.benchmarks.kill;

import java.time.Duration;
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
import io.github.grpcdiscovery.internal.retry.IdempotentCallRetry;

/**
 * A client as an application of this starter has it, in this process.
 */
final class DiscoveredCaller implements Caller {

	private static final byte[] REQUEST = {};

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

	private final AtomicLong made = new AtomicLong();

	private final AtomicLong underWay = new AtomicLong();

	private final AtomicLong failed = new AtomicLong();

	private final ManagedChannel channel;

	private final long countedFrom;

	private DiscoveredCaller(ManagedChannel channel, Duration warmUp) {
		this.channel = channel;
		this.countedFrom = System.nanoTime() + warmUp.toNanos();
	}

	static DiscoveredCaller start(Registry registry, String service, int rate, Duration warmUp) {
		DiscoveredCaller caller = new DiscoveredCaller(
				Channels.discoveredBuilder(registry, service).intercept(new IdempotentCallRetry()).build(), warmUp);
		caller.timer.scheduleAtFixedRate(caller::call, 0, TimeUnit.SECONDS.toNanos(1) / rate, TimeUnit.NANOSECONDS);
		return caller;
	}

	private void call() {
		boolean counts = System.nanoTime() - this.countedFrom >= 0;
		if (counts) {
			this.made.incrementAndGet();
		}
		this.underWay.incrementAndGet();
		ClientCalls.asyncUnaryCall(
				this.channel.newCall(EchoServer.METHOD, CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.SECONDS)),
				REQUEST, new Counted(counts));
	}

	@Override
	public Outcome end() {
		this.timer.shutdown();
		Pause.until("the end of all calls", () -> this.timer.isTerminated() && this.underWay.get() == 0);
		this.channel.shutdownNow();
		return new Outcome(this.made.get(), this.failed.get());
	}

	private final class Counted implements StreamObserver<byte[]> {

		private final boolean counts;

		Counted(boolean counts) {
			this.counts = counts;
		}

		@Override
		public void onNext(byte[] answer) {
		}

		@Override
		public void onError(Throwable error) {
			if (this.counts) {
				DiscoveredCaller.this.failed.incrementAndGet();
			}
			DiscoveredCaller.this.underWay.decrementAndGet();
		}

		@Override
		public void onCompleted() {
			DiscoveredCaller.this.underWay.decrementAndGet();
		}

	}

}
