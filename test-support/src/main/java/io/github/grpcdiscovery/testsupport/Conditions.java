package io.github.grpcdiscovery.testsupport;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ThrowingRunnable;

/**
 * Waiting for what must become true, with a deadline. One factor, the system property
 * {@code test.scale}, stretches every deadline on a slow machine.
 */
public final class Conditions {

	// what is waited for comes at once; a busy machine may stand still for seconds
	private static final Duration DEADLINE = Duration.ofSeconds(30);

	private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

	private Conditions() {
	}

	/**
	 * Awaitility with a deadline of thirty seconds, scaled.
	 * @return to be finished with {@code until..}
	 */
	public static ConditionFactory await() {
		return await(DEADLINE);
	}

	/**
	 * Awaitility with the given deadline, scaled. It looks at once, then every 20 ms.
	 * @param atMost the deadline on an ordinary machine
	 * @return to be finished with {@code until..}
	 */
	public static ConditionFactory await(Duration atMost) {
		return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(POLL_INTERVAL).atMost(scaled(atMost));
	}

	/**
	 * Repeats the assertions until they hold, for thirty seconds (scaled) at most.
	 * @param assertions throws while they do not hold
	 */
	public static void eventually(ThrowingRunnable assertions) {
		await().untilAsserted(assertions);
	}

	/**
	 * Stretches a duration for the machine that the tests run on.
	 * @param duration the duration on an ordinary machine
	 * @return the duration times {@code test.scale}
	 */
	public static Duration scaled(Duration duration) {
		return Duration.ofNanos((long) (duration.toNanos() * scale()));
	}

	private static double scale() {
		String scale = System.getProperty("test.scale", "1");
		try {
			double factor = Double.parseDouble(scale);
			if (factor > 0 && factor <= 1000) {
				return factor;
			}
		}
		catch (NumberFormatException ex) {
			// Told below.
		}
		throw new IllegalStateException("test.scale: " + scale + " (expected: a number in (0, 1000])");
	}

}
