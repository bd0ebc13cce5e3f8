package io.github.grpcdiscovery.internal.watch;

import io.github.grpcdiscovery.internal.reconnect.FakeAttempts;
import io.github.grpcdiscovery.spi.AttemptContext;
import io.github.grpcdiscovery.spi.WatchAttempt;

/**
 * A fake attempt that also remembers how often it was asked to read beside its watch.
 */
final class FakeWatchAttempt implements WatchAttempt {

	private final FakeAttempts.FakeAttempt attempt;

	private final Runnable onRefresh;

	FakeWatchAttempt(FakeAttempts.FakeAttempt attempt, Runnable onRefresh) {
		this.attempt = attempt;
		this.onRefresh = onRefresh;
	}

	@Override
	public void begin(AttemptContext context) {
		this.attempt.begin(context);
	}

	@Override
	public void end() {
		this.attempt.end();
	}

	@Override
	public void refresh() {
		this.attempt.context().loop().requireInLoop();
		this.onRefresh.run();
	}

}
