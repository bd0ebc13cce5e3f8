package io.github.grpcdiscovery.benchmarks.join;

import java.util.Locale;

import io.github.grpcdiscovery.benchmarks.Benchmark;
import io.github.grpcdiscovery.benchmarks.Limit;
import io.github.grpcdiscovery.benchmarks.Options;
import io.github.grpcdiscovery.benchmarks.Report;
import io.github.grpcdiscovery.benchmarks.Samples;

/**
 * How long a new instance waits for its first call: from the moment before the put of its
 * key is sent to the moment that a channel, which is being used all the time, has the
 * first answer of it. Beside it, round by round, a plain jetcd program: from the moment
 * before the same put to the watch event.
 */
public final class JoinBenchmark implements Benchmark {

	@Override
	public Report run(Options options) {
		try (JoinRounds rounds = new JoinRounds()) {
			rounds.runCold(10);
			rounds.warmUp(options.choose(6000, 1500), options.choose(20_000, 5000), options.choose(20, 10));
			rounds.run(options.choose(200, 40));
			return report(rounds);
		}
	}

	private static Report report(JoinRounds rounds) {
		Report report = new Report("join", "From a key put to the first answered call on the new instance", "what",
				"p50", "p90", "p99", "rounds");
		row(report, "**discovered channel: put to first answer of the new instance**", "join", rounds.joined);
		row(report, "of which: put to the new list", "listed", rounds.listed);
		row(report, "by hand: the same with the plain jetcd program and a bare resolver", "byHand", rounds.byHand);
		row(report, "**plain jetcd: put to watch event**", "plain", rounds.plain);
		row(report, "discovered channel, the first rounds of a JVM", "joinCold", rounds.joinedCold);
		row(report, "by hand, the first rounds of a JVM", "byHandCold", rounds.byHandCold);
		double limit = 1.5 * rounds.plain.median() + 2;
		report.limit(new Limit(String.format(Locale.ROOT,
				"put to first answer, p50, at most 1.5 times plain jetcd's put to event (%.2f ms) plus 2 ms",
				rounds.plain.median()), rounds.joined.median(), limit, "ms"));
		report.note("The clock starts before the put is sent and stops when the answer of the new instance is there; "
				+ "so it holds the put, the watch event, the new list, a new TCP connection with its HTTP/2 handshake, and a call.");
		report.note("One call is in flight at any time, each made by the answer to the one before; round_robin over "
				+ JoinRounds.STANDING + " standing instances and the new one. Each round has a new connection.");
		report.note(
				"Warm, but for the last two lines: before the rounds that count, thousands of connections were made and dropped and every watch saw thousands of events.");
		report
			.note("By hand is the least that one can write: the watch event's key becomes an address, which is handed to the "
					+ "channel; no registry's list, no reading of values, no reconnecting. What it costs above plain jetcd is grpc-java's.");
		report.note("Rounds are more than 100 ms apart: a change within 100 ms of the one before waits for the rest of "
				+ "them, which is how a storm is coalesced.");
		return report;
	}

	private static void row(Report report, String what, String name, Samples samples) {
		report.row(what, samples.show(50), samples.show(90), samples.show(99), String.valueOf(samples.size()));
		report.figure(name + "P50Millis", samples.percentile(50));
		report.figure(name + "P90Millis", samples.percentile(90));
		report.figure(name + "P99Millis", samples.percentile(99));
		report.figure(name + "Rounds", samples.size());
	}

}
