package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * An agent of HTTP that a test answers for.
 */
@Timeout(600)
abstract class HttpConsulApiFixture {

	final ConsulStub consul = new ConsulStub();

	HttpConsulApi api = new HttpConsulApi(ConsulSettings.builder(this.consul.uri()).token("geheim-4711").build());

	@AfterEach
	void close() {
		this.api.close();
		this.consul.close();
	}

	void with(ConsulSettings settings) {
		this.api.close();
		this.api = new HttpConsulApi(settings);
	}

	CompletionStage<HealthAnswer> list(ConsulQuery query, long index) {
		return this.api.health(new HealthRequest("orders", query, index, Duration.ofSeconds(55), false, false))
			.answer();
	}

	ConsulCall<HealthAnswer> list(long index) {
		return this.api
			.health(new HealthRequest("orders", ConsulQuery.DEFAULT, index, Duration.ofSeconds(55), false, false));
	}

	static <T> T result(CompletionStage<T> call) throws Exception {
		return call.toCompletableFuture().get(30, TimeUnit.SECONDS);
	}

	static Throwable error(CompletionStage<?> call) {
		CompletableFuture<?> future = call.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS);
		Throwable error = catchThrowable(future::join);
		return (error instanceof CompletionException) ? error.getCause() : error;
	}

}
