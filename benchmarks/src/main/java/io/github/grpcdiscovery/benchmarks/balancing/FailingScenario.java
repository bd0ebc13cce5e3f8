package io.github.grpcdiscovery.benchmarks.balancing;

import java.time.Duration;
import java.util.List;

import io.github.grpcdiscovery.benchmarks.Options;
import io.github.grpcdiscovery.benchmarks.Pause;

/**
 * One of four servers fails every call at once with UNAVAILABLE; later it answers again.
 * Both clients call the same servers at the same time.
 */
final class FailingScenario implements Scenario {

	private static final int RATE = 500;

	private static final int SERVERS = 4;

	/** Calls in a row that a share is taken of. */
	private static final int ROW = 200;

	/**
	 * A share that counts as the whole: the quarter, less what a row of calls varies by.
	 */
	private static final double BACK = 0.2;

	private static final Duration DEADLINE = Duration.ofSeconds(1);

	private static final Duration CALM = Duration.ofSeconds(2);

	private static final Duration FAILING = Duration.ofSeconds(5);

	private static final Duration PATIENCE = Duration.ofSeconds(15);

	@Override
	public void run(String policy, Options options, Findings findings) {
		List<ProgrammableServer> servers = ProgrammableServer.start(SERVERS);
		SettableDiscovery discovery = Services.of(servers);
		try (Client first = Client.connected(policy, discovery, servers);
				Client second = Client.connected(ROUND_ROBIN, discovery, servers);
				OpenLoop calls = OpenLoop.start(first, RATE, DEADLINE);
				OpenLoop others = OpenLoop.start(second, RATE, DEADLINE)) {
			Pause.of(CALM);
			long failing = System.nanoTime();
			servers.get(0).fail(true);
			Pause.of(FAILING);
			long recovered = System.nanoTime();
			servers.get(0).fail(false);
			double ours = Double.NaN;
			double theirs = Double.NaN;
			while (System.nanoTime() - recovered < PATIENCE.toNanos() && (Double.isNaN(ours) || Double.isNaN(theirs))) {
				Pause.of(Duration.ofMillis(500));
				ours = backAfter(calls.log(), recovered);
				theirs = backAfter(others.log(), recovered);
			}
			report(findings, share(calls.log(), failing, recovered), share(others.log(), failing, recovered), ours,
					theirs);
			findings.row("one of four fails at once with UNAVAILABLE, 500 calls/s", "failed calls in 5 s", "",
					calls.log().begun(failing, recovered).failed().size(),
					others.log().begun(failing, recovered).failed().size());
		}
		finally {
			servers.forEach(ProgrammableServer::close);
		}
	}

	private static void report(Findings findings, double share, double theirShare, double back, double theirBack) {
		String scenario = "one of four fails at once with UNAVAILABLE, 500 calls/s";
		findings.row(scenario, "its share of the calls after 1 s", "%", share * 100, theirShare * 100);
		findings.row(scenario, "its share is back after its recovery", "s", back, theirBack);
		findings.limit("one of four fails with UNAVAILABLE: its share after 1 s", share * 100, 2, "%");
		findings.limit("one of four failed with UNAVAILABLE: its share is back after",
				Double.isNaN(back) ? PATIENCE.toSeconds() : back, 10, "s");
	}

	private static double share(CallLog log, long failing, long recovered) {
		return log.begun(failing + Duration.ofSeconds(1).toNanos(), recovered).shares(SERVERS)[0];
	}

	private static double backAfter(CallLog log, long recovered) {
		return log.since(recovered)
			.firstRow(ROW, (row) -> row.shares(SERVERS)[0] >= BACK)
			.stream()
			.mapToDouble((began) -> (began - recovered) / 1e9)
			.findFirst()
			.orElse(Double.NaN);
	}

}
