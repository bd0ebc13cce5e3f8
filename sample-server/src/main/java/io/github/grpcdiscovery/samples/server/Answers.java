package io.github.grpcdiscovery.samples.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.springframework.stereotype.Component;

/**
 * Sends the one answer of a unary call, after {@code sample.delay}. No thread waits for
 * it.
 */
@Component
final class Answers {

	private final Executor executor;

	Answers(SampleProperties properties) {
		this.executor = properties.delay().isZero() ? Runnable::run
				: CompletableFuture.delayedExecutor(properties.delay().toMillis(), TimeUnit.MILLISECONDS);
	}

	<T> void send(T answer, StreamObserver<T> observer) {
		if (observer instanceof ServerCallStreamObserver<T> call) {
			// without a handler, an answer to a cancelled call would throw
			call.setOnCancelHandler(() -> {
			});
		}
		this.executor.execute(() -> {
			observer.onNext(answer);
			observer.onCompleted();
		});
	}

}
