package io.github.grpcdiscovery.benchmarks.peers.app;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import net.devh.boot.grpc.client.inject.GrpcClient;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Calls at a constant rate, whatever becomes of the calls: plain ones, each with a
 * deadline of one second, none sent again. Prints one line a call: when it began and
 * ended, in microseconds, and who answered or the status.
 */
@Component
@ConditionalOnProperty("peer.rate")
class Caller implements SmartLifecycle {

	private final ScheduledExecutorService scheduler = Executors
		.newSingleThreadScheduledExecutor((task) -> new Thread(task, "caller"));

	private final long rate;

	@GrpcClient("peer-service")
	private Channel channel;

	private volatile boolean running;

	Caller(@Value("${peer.rate}") long rate) {
		this.rate = rate;
	}

	@Override
	public void start() {
		this.running = true;
		long nanos = TimeUnit.SECONDS.toNanos(1) / this.rate;
		this.scheduler.scheduleAtFixedRate(this::call, 0, nanos, TimeUnit.NANOSECONDS);
	}

	private void call() {
		CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.SECONDS);
		ClientCalls.asyncUnaryCall(this.channel.newCall(Ask.METHOD, options), "who", new Printed(micros()));
	}

	private static long micros() {
		return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
	}

	@Override
	public void stop() {
		this.running = false;
		this.scheduler.shutdownNow();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	private static final class Printed implements StreamObserver<String> {

		private final long began;

		Printed(long began) {
			this.began = began;
		}

		@Override
		public void onNext(String server) {
			System.out.println("call " + this.began + " " + micros() + " answered " + server);
		}

		@Override
		public void onError(Throwable error) {
			System.out
				.println("call " + this.began + " " + micros() + " failed " + Status.fromThrowable(error).getCode());
		}

		@Override
		public void onCompleted() {
		}

	}

}
