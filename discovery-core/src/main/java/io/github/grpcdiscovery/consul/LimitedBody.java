package io.github.grpcdiscovery.consul;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;

import org.jspecify.annotations.Nullable;

/**
 * A body of a limited size, for the JDK's HTTP client. Its text is UTF-8.
 */
final class LimitedBody implements BodySubscriber<String> {

	private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

	private final CompletableFuture<String> body = new CompletableFuture<>();

	private @Nullable Subscription subscription;

	/**
	 * A body to read, or one that is refused for the length that it claims.
	 */
	static LimitedBody of(ResponseInfo response) {
		LimitedBody body = new LimitedBody();
		if (response.headers().firstValueAsLong("content-length").orElse(0) > LimitedEntity.MAX_BYTES) {
			body.refuse();
		}
		return body;
	}

	private void refuse() {
		this.body.completeExceptionally(LimitedEntity.tooLarge());
	}

	@Override
	public CompletionStage<String> getBody() {
		return this.body;
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		this.subscription = subscription;
		if (this.body.isDone()) {
			subscription.cancel();
		}
		else {
			subscription.request(Long.MAX_VALUE);
		}
	}

	@Override
	public void onNext(List<ByteBuffer> buffers) {
		for (ByteBuffer buffer : buffers) {
			if (this.bytes.size() + buffer.remaining() > LimitedEntity.MAX_BYTES) {
				refuse();
				if (this.subscription != null) {
					this.subscription.cancel();
				}
				return;
			}
			byte[] chunk = new byte[buffer.remaining()];
			buffer.get(chunk);
			this.bytes.writeBytes(chunk);
		}
	}

	@Override
	public void onError(Throwable error) {
		this.body.completeExceptionally((error instanceof IOException) ? error : new IOException(error));
	}

	@Override
	public void onComplete() {
		this.body.complete(this.bytes.toString(StandardCharsets.UTF_8));
	}

}
