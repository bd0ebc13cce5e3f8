package io.github.grpcdiscovery.benchmarks.balancing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.github.grpcdiscovery.benchmarks.Options;
import io.github.grpcdiscovery.benchmarks.Pause;

/**
 * None, one and two of four servers answer 5 ms later. Both clients call the same servers
 * at the same time; each round has all three.
 */
final class SlowScenario implements Scenario {

	private static final int RATE = 1000;

	private static final int SERVERS = 4;

	private static final Duration DEADLINE = Duration.ofSeconds(5);

	private static final Duration SLOWER = Duration.ofMillis(5);

	private static final Duration SETTLE = Duration.ofSeconds(1);

	private static final Duration MEASURED = Duration.ofSeconds(2);

	@Override
	public void run(String policy, Options options, Findings findings) {
		List<ProgrammableServer> servers = ProgrammableServer.start(SERVERS);
		SettableDiscovery discovery = Services.of(servers);
		Figures ours = new Figures();
		Figures theirs = new Figures();
		try (Client first = Client.connected(policy, discovery, servers);
				Client second = Client.connected(ROUND_ROBIN, discovery, servers);
				OpenLoop calls = OpenLoop.start(first, RATE, DEADLINE);
				OpenLoop others = OpenLoop.start(second, RATE, DEADLINE)) {
			Pause.of(SETTLE.multipliedBy(2));
			for (int i = 0; i < options.choose(7, 1); i++) {
				for (int slow = 0; slow <= 2; slow++) {
					for (ProgrammableServer server : servers) {
						server.delay((server.number() < slow) ? SLOWER : Duration.ZERO);
					}
					Pause.of(SETTLE);
					long start = System.nanoTime();
					Pause.of(MEASURED);
					long end = System.nanoTime();
					Pause.of(SLOWER.multipliedBy(10));
					ours.add(slow, calls.log().begun(start, end));
					theirs.add(slow, others.log().begun(start, end));
				}
			}
		}
		finally {
			servers.forEach(ProgrammableServer::close);
		}
		report(findings, ours, theirs);
	}

	private static void report(Findings findings, Figures ours, Figures theirs) {
		String[] scenarios = { "none of four is slow, 1000 calls/s", "one of four is 5 ms slower",
				"two of four are 5 ms slower" };
		for (int slow = 0; slow <= 2; slow++) {
			findings.row(scenarios[slow], "p50", "ms", ours.p50(slow), theirs.p50(slow));
			findings.row(scenarios[slow], "p99", "ms", ours.p99(slow), theirs.p99(slow));
			if (slow > 0) {
				findings.row(scenarios[slow], "share of the slow ones", "", ours.share(slow), theirs.share(slow));
			}
		}
		findings.limit("one of four slower by 5 ms: p99 against all healthy", ours.p99(1) / ours.p99(0), 1.3, "times");
		findings.limit("one of four slower by 5 ms: p99 against round_robin", ours.p99(1) / theirs.p99(1), 0.1,
				"times");
		findings.limit("two of four slower by 5 ms: p99 against all healthy", ours.p99(2) / ours.p99(0), 1.5, "times");
		findings.note("Slow servers: seconds without, with one and with two of them go in turn; the figures are the "
				+ "medians over the rounds. The first second after each change is left out.");
	}

	/** Of each number of slow servers, one value a round. */
	private static final class Figures {

		private final List<List<Double>> p50 = lists();

		private final List<List<Double>> p99 = lists();

		private final List<List<Double>> shares = lists();

		private static List<List<Double>> lists() {
			return List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
		}

		void add(int slow, CallLog log) {
			this.p50.get(slow).add(log.times().percentile(50));
			this.p99.get(slow).add(log.times().percentile(99));
			double share = 0;
			for (int i = 0; i < slow; i++) {
				share += log.shares(SERVERS)[i];
			}
			this.shares.get(slow).add(share);
		}

		double p50(int slow) {
			return median(this.p50.get(slow));
		}

		double p99(int slow) {
			return median(this.p99.get(slow));
		}

		double share(int slow) {
			return median(this.shares.get(slow));
		}

		private static double median(List<Double> values) {
			List<Double> sorted = new ArrayList<>(values);
			Collections.sort(sorted);
			return sorted.get(sorted.size() / 2);
		}

	}

}
