package io.github.grpcdiscovery.internal.reconnect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.spi.Attempt;
import io.github.grpcdiscovery.spi.AttemptContext;

/**
 * Attempts that do nothing but remember, so that a test can play the registry.
 */
public final class FakeAttempts implements Supplier<Attempt> {

	private final List<FakeAttempt> attempts = new ArrayList<>();

	private Consumer<AttemptContext> onBegin = (context) -> {
	};

	private @Nullable Duration retryAfter;

	/**
	 * What the next attempts do when they begin.
	 * @param onBegin given the attempt's context
	 */
	public void onBegin(Consumer<AttemptContext> onBegin) {
		this.onBegin = onBegin;
	}

	@Override
	public FakeAttempt get() {
		FakeAttempt attempt = new FakeAttempt(this.onBegin, () -> this.retryAfter);
		this.attempts.add(attempt);
		return attempt;
	}

	/**
	 * What the attempts say of when the next makes sense.
	 * @param retryAfter the wait; {@code null} if they do not know
	 */
	public void retryAfter(@Nullable Duration retryAfter) {
		this.retryAfter = retryAfter;
	}

	/**
	 * How many attempts were made so far.
	 * @return the number
	 */
	public int count() {
		return this.attempts.size();
	}

	/**
	 * The attempt that was made last.
	 * @return the attempt
	 */
	public FakeAttempt last() {
		return this.attempts.get(this.attempts.size() - 1);
	}

	/** One attempt. */
	public static final class FakeAttempt implements Attempt {

		private final Consumer<AttemptContext> onBegin;

		private final Supplier<@Nullable Duration> retryAfter;

		private AttemptContext context;

		private int ends;

		private FakeAttempt(Consumer<AttemptContext> onBegin, Supplier<@Nullable Duration> retryAfter) {
			this.onBegin = onBegin;
			this.retryAfter = retryAfter;
		}

		@Override
		public void begin(AttemptContext context) {
			context.loop().requireInLoop();
			if (this.context != null) {
				throw new AssertionError("begun twice");
			}
			this.context = context;
			this.onBegin.accept(context);
		}

		@Override
		public @Nullable Duration retryAfter(RegistryException cause) {
			return this.retryAfter.get();
		}

		@Override
		public void end() {
			this.ends++;
		}

		/**
		 * Where it reports.
		 * @return {@code null} before it has begun
		 */
		public AttemptContext context() {
			return this.context;
		}

		/**
		 * How often it was ended.
		 * @return once at most, if all is well
		 */
		public int ends() {
			return this.ends;
		}

		/**
		 * The registry answers.
		 */
		public void active() {
			this.context.active();
		}

		/**
		 * The registry is gone.
		 * @param message why
		 */
		public void failed(String message) {
			this.context.failed(new RegistryException(message, null));
		}

	}

}
