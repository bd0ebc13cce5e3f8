package io.github.grpcdiscovery.faults.random;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.SteadyCaller.Outcome;

/**
 * Knows which calls may fail, and holds all others to be broken promises:
 * <ul>
 * <li>calls that were under way on a server when it was killed,</li>
 * <li>plain calls that a server had, or got within three seconds, when it began to hang,
 * and</li>
 * <li>plain calls while no server was up.</li>
 * </ul>
 * Nothing that happens to a registry, and no server that is told to stop, excuses a
 * failure. Thread-safe.
 */
final class CallJudge {

	/**
	 * How long a server that hangs may get calls; {@code unresponsive-after} and a bit.
	 */
	private static final long NOTICED = Conditions.scaled(Duration.ofSeconds(3)).toNanos();

	/** Until all of a killed process's connections are known to be broken. */
	private static final long BROKEN = Conditions.scaled(Duration.ofMillis(500)).toNanos();

	private final List<Span> kills = new ArrayList<>();

	private final List<Span> pauses = new ArrayList<>();

	private final List<Span> nobody = new ArrayList<>();

	synchronized void killing(int port) {
		this.kills.add(new Span(port, now()));
	}

	synchronized void killed(int port) {
		end(this.kills, port);
	}

	synchronized void pausing(int port) {
		this.pauses.add(new Span(port, now()));
	}

	synchronized void resumed(int port) {
		end(this.pauses, port);
	}

	synchronized void nobodyServes() {
		this.nobody.add(new Span(0, now()));
	}

	/** Everything is as it should be: from now on somebody serves. */
	synchronized void somebodyServes() {
		end(this.nobody, 0);
	}

	private static void end(List<Span> spans, int port) {
		spans.stream().filter((span) -> span.port == port && !span.ended).forEach((span) -> {
			span.to = now();
			span.ended = true;
		});
	}

	/**
	 * The failures that nothing excuses.
	 * @param failures of calls that have ended by now
	 */
	synchronized List<Outcome> broken(List<Outcome> failures) {
		return failures.stream().filter((failure) -> !isExcused(failure)).toList();
	}

	private boolean isExcused(Outcome failure) {
		return this.kills.stream().anyMatch((kill) -> wasUnderWay(failure, kill))
				|| (!failure.waitForReady() && (this.pauses.stream().anyMatch((pause) -> hung(failure, pause))
						|| this.nobody.stream().anyMatch((span) -> beganWithin(failure, span))));
	}

	private static boolean wasUnderWay(Outcome failure, Span kill) {
		return kill.isOf(failure) && failure.ended() - kill.from >= 0
				&& (!kill.ended || failure.began() - kill.to <= BROKEN);
	}

	private static boolean hung(Outcome failure, Span pause) {
		return pause.isOf(failure) && failure.ended() - pause.from >= 0 && failure.began() - pause.from <= NOTICED
				&& (!pause.ended || failure.began() - pause.to <= 0);
	}

	private static boolean beganWithin(Outcome failure, Span nobody) {
		return failure.began() - nobody.from >= 0 && (!nobody.ended || failure.began() - nobody.to <= 0);
	}

	private static long now() {
		return System.nanoTime();
	}

	private static final class Span {

		private final int port;

		private final long from;

		private long to;

		private boolean ended;

		private Span(int port, long from) {
			this.port = port;
			this.from = from;
		}

		private boolean isOf(Outcome failure) {
			return failure.server().endsWith(":" + this.port);
		}

	}

}
