package io.github.grpcdiscovery.benchmarks.balancing;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

import io.github.grpcdiscovery.benchmarks.Options;
import io.github.grpcdiscovery.benchmarks.Pause;
import io.github.grpcdiscovery.benchmarks.Samples;

/**
 * One of three servers takes calls and never answers; later it answers again. Both
 * clients call the same servers at the same time.
 */
final class FrozenScenario implements Scenario {

	static final int RATE = 500;

	private static final int SERVERS = 3;

	private static final Duration DEADLINE = Duration.ofSeconds(1);

	private static final Duration CALM = Duration.ofSeconds(3);

	private static final Duration FROZEN = Duration.ofSeconds(5);

	private static final Duration AFTERWARDS = Duration.ofSeconds(3);

	@Override
	public void run(String policy, Options options, Findings findings) {
		Outcomes ours = new Outcomes();
		Outcomes theirs = new Outcomes();
		for (int i = 0; i < options.choose(3, 1); i++) {
			round(policy, ours, theirs);
		}
		String scenario = "one of three freezes, 500 calls/s, deadline 1 s";
		findings.row(scenario, "failed calls (most)", "", ours.failed(), theirs.failed());
		findings.row(scenario, "of these, not sent to the frozen one", "", ours.ofOthers, theirs.ofOthers);
		findings.row(scenario, "the last failed one began after the freeze (longest)", "s", ours.last(), theirs.last());
		findings.row(scenario, "least share of a healthy server in any half second", "", ours.least, theirs.least);
		findings.row(scenario, "share of the thawed server, 1 to 3 s after", "", ours.back, theirs.back);
		findings.limit("one of three frozen: failed calls", ours.failed(), 10, "");
		findings.limit("one of three frozen: the last failed call began after", ours.last(), 0.2, "s");
		findings.limit("one of three frozen: a healthy server's share is below a half by", 0.5 - ours.least, 0.1, "");
	}

	private static void round(String policy, Outcomes ours, Outcomes theirs) {
		List<ProgrammableServer> servers = ProgrammableServer.start(SERVERS);
		SettableDiscovery discovery = Services.of(servers);
		try (Client first = Client.connected(policy, discovery, servers);
				Client second = Client.connected(ROUND_ROBIN, discovery, servers);
				OpenLoop calls = OpenLoop.start(first, RATE, DEADLINE);
				OpenLoop others = OpenLoop.start(second, RATE, DEADLINE)) {
			Pause.of(CALM);
			long frozen = System.nanoTime();
			servers.get(0).freeze();
			Pause.of(FROZEN);
			long thawed = System.nanoTime();
			servers.get(0).thaw();
			Pause.of(AFTERWARDS);
			calls.close();
			others.close();
			ours.add(calls.log(), frozen, thawed);
			theirs.add(others.log(), frozen, thawed);
		}
		finally {
			servers.forEach(ProgrammableServer::close);
		}
	}

	private static final class Outcomes {

		private final Samples failed = new Samples();

		private final Samples last = new Samples();

		private int ofOthers;

		private double least = 1;

		private double back = 1;

		void add(CallLog log, long frozen, long thawed) {
			CallLog lost = log.begun(frozen - DEADLINE.toNanos(), thawed).failed();
			this.failed.add(lost.size() * 1_000_000L);
			this.ofOthers = Math.max(this.ofOthers, lost.where((call) -> call.server() != 0).size());
			OptionalLong began = lost.lastBegan();
			this.last.add(began.isPresent() ? Math.max(0, began.getAsLong() - frozen) : 0);
			long window = Duration.ofMillis(500).toNanos();
			for (long at = frozen + window; at + window <= thawed; at += window) {
				double[] shares = log.begun(at, at + window).shares(SERVERS);
				this.least = Math.min(this.least, Math.min(shares[1], shares[2]));
			}
			long second = Duration.ofSeconds(1).toNanos();
			this.back = Math.min(this.back, log.begun(thawed + second, thawed + 3 * second).shares(SERVERS)[0]);
		}

		double failed() {
			return this.failed.percentile(100);
		}

		double last() {
			return this.last.percentile(100) / 1000;
		}

	}

}
