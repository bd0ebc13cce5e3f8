package io.github.grpcdiscovery.benchmarks.balancing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.github.grpcdiscovery.benchmarks.Options;
import io.github.grpcdiscovery.benchmarks.Pause;

/**
 * A fourth server joins three that have been there for long: how its share grows, second
 * by second.
 */
final class WarmUpScenario implements Scenario {

	private static final int RATE = 1000;

	private static final int SERVERS = 4;

	private static final int NEW = SERVERS - 1;

	@Override
	public void run(String policy, Options options, Findings findings) {
		Duration window = Duration.ofSeconds(options.choose(20, 6));
		List<ProgrammableServer> servers = ProgrammableServer.start(SERVERS);
		Instant longAgo = Instant.now().minus(Duration.ofHours(1));
		SettableDiscovery discovery = new SettableDiscovery(
				Services.list(servers.subList(0, NEW), (server) -> server.instance().started(longAgo).build()));
		PolicySettings settings = new PolicySettings("", window);
		try (Client first = Client.connected(policy, discovery, servers, settings);
				Client second = Client.connected(ROUND_ROBIN, discovery, servers, settings);
				OpenLoop calls = OpenLoop.start(first, RATE, Duration.ofSeconds(5));
				OpenLoop others = OpenLoop.start(second, RATE, Duration.ofSeconds(5))) {
			Pause.of(Duration.ofSeconds(1));
			long joined = System.nanoTime();
			Instant now = Instant.now();
			discovery.set(Services.list(servers,
					(server) -> server.instance().started((server.number() == NEW) ? now : longAgo).build()));
			Pause.of(window.plusSeconds(2));
			report(findings, window, calls.log(), others.log(), joined);
		}
		finally {
			servers.forEach(ProgrammableServer::close);
		}
	}

	private static void report(Findings findings, Duration window, CallLog calls, CallLog others, long joined) {
		double worst = 0;
		double theirs = 0;
		String scenario = "a new server joins three, window %d s, 1000 calls/s".formatted(window.toSeconds());
		for (int second = 0; second < window.toSeconds() + 1; second++) {
			double expected = expectedShare(second + 0.5, window.toSeconds()) * 100;
			double share = share(calls, joined, second);
			double theirShare = share(others, joined, second);
			if (second > 0) { // in the first, its connection is made
				worst = Math.max(worst, Math.abs(share - expected));
				theirs = Math.max(theirs, Math.abs(theirShare - expected));
			}
			if (second % Math.max(1, window.toSeconds() / 5) == 0) {
				findings.row(scenario, "its share in second %d (the curve: %.1f %%)".formatted(second + 1, expected),
						"%", share, theirShare);
			}
		}
		findings.row(scenario, "furthest from the curve in any second", "points", worst, theirs);
		findings.limit("warm-up: a second's share differs from the curve by", worst, 2, "points");
		findings.note("The curve of a new server's weight: max(0.1, age / window) of its own.");
	}

	/**
	 * The part of the calls that a new server should have beside three old ones.
	 * @param age in seconds
	 * @param window in seconds
	 */
	static double expectedShare(double age, double window) {
		double weight = Math.min(1, Math.max(0.1, age / window));
		return weight / (NEW + weight);
	}

	private static double share(CallLog log, long joined, int second) {
		long from = joined + Duration.ofSeconds(second).toNanos();
		return log.begun(from, from + Duration.ofSeconds(1).toNanos()).shares(SERVERS)[NEW] * 100;
	}

}
