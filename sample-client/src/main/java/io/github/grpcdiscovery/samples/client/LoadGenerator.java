package io.github.grpcdiscovery.samples.client;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import net.devh.boot.grpc.client.inject.GrpcClient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

import io.github.grpcdiscovery.samples.api.GetTagListReply;
import io.github.grpcdiscovery.samples.api.GetTagListRequest;
import io.github.grpcdiscovery.samples.api.GreeterGrpc.GreeterStub;
import io.github.grpcdiscovery.samples.api.HelloReply;
import io.github.grpcdiscovery.samples.api.HelloRequest;
import io.github.grpcdiscovery.samples.api.TagServiceGrpc.TagServiceStub;

/**
 * Calls {@code tag-service} at a constant rate, whatever becomes of the calls, and prints
 * what happened as one line of JSON a second, and one for every call that failed. Every
 * other call is wait-for-ready; the others are plain and show what an outage does to
 * those.
 */
@Component
@ConditionalOnProperty("sample.load.rate")
@SuppressWarnings("NullAway.Init") // the stub is set right after the constructor
class LoadGenerator implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(LoadGenerator.class);

	private static final GetTagListRequest TAGS = GetTagListRequest.newBuilder().setPageSize(3).build();

	private static final HelloRequest HELLO = HelloRequest.newBuilder().setName("World").build();

	@GrpcClient("tag-service")
	private TagServiceStub tags;

	@GrpcClient("tag-service")
	private GreeterStub greeter;

	private final LoadProperties properties;

	private final LoadReport report;

	private final CallLog calls;

	private @Nullable ScheduledExecutorService scheduler;

	private long started; // by the scheduler's only thread

	LoadGenerator(LoadProperties properties, LoadReport report, CallLog calls) {
		this.properties = properties;
		this.report = report;
		this.calls = calls;
	}

	@Override
	public void start() {
		if (this.properties.rate() == 0) {
			return;
		}
		ScheduledExecutorService scheduler = Executors
			.newSingleThreadScheduledExecutor((task) -> new Thread(task, "load"));
		this.scheduler = scheduler;
		long nanos = TimeUnit.SECONDS.toNanos(1) / this.properties.rate();
		scheduler.scheduleAtFixedRate(() -> guarded(this::call), 0, nanos, TimeUnit.NANOSECONDS);
		scheduler.scheduleAtFixedRate(() -> guarded(this.report::second), 1, 1, TimeUnit.SECONDS);
	}

	private void guarded(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException ex) {
			// thrown on, it would end the schedule
			logger.error("The load goes on after an unexpected error", ex);
		}
	}

	private void call() {
		if (this.started++ % 2 == 0) {
			Outcome<GetTagListReply> outcome = outcome("GetTagList", LoadReport.Kind.PLAIN,
					GetTagListReply::getServedBy);
			this.tags.withInterceptors(outcome.peer())
				.withDeadlineAfter(this.properties.deadline().toMillis(), TimeUnit.MILLISECONDS)
				.getTagList(TAGS, outcome);
		}
		else {
			Outcome<HelloReply> outcome = outcome("SayHello", LoadReport.Kind.WAIT_FOR_READY, HelloReply::getServedBy);
			this.greeter.withInterceptors(outcome.peer())
				.withDeadlineAfter(this.properties.patience().toMillis(), TimeUnit.MILLISECONDS)
				.withWaitForReady()
				.sayHello(HELLO, outcome);
		}
	}

	private <T> Outcome<T> outcome(String method, LoadReport.Kind kind, Function<T, String> servedBy) {
		return new Outcome<>(this.report.begin(kind), this.calls.begin(method), new Peer(), servedBy);
	}

	@Override
	public void stop() {
		if (this.scheduler != null) {
			this.scheduler.shutdownNow();
			this.scheduler = null;
		}
	}

	@Override
	public boolean isRunning() {
		return this.scheduler != null;
	}

	private record Outcome<T>(LoadReport.Call call, CallLog.Call logged, Peer peer,
			Function<T, String> servedBy) implements StreamObserver<T> {

		@Override
		public void onNext(T reply) {
			this.call.answered(this.servedBy.apply(reply));
			this.logged.answered(this.servedBy.apply(reply));
		}

		@Override
		public void onError(Throwable error) {
			Status status = Status.fromThrowable(error);
			this.call.failed(status, this.peer.address());
			this.logged.failed(status);
		}

		@Override
		public void onCompleted() {
		}

	}

}
