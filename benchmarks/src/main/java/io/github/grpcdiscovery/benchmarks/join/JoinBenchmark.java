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
			rounds.warmUp(options.choose(1000, 300), options.choose(10_000, 5000), options.choose(50, 20));
			rounds.run(options.choose(200, 60));
			return report(rounds);
		}
	}

	private static Report report(JoinRounds rounds) {
		Report report = new Report("join", "From a key put to the first answered call on the new instance", "what",
				"p50", "p90", "p99", "rounds");
		row(report, "**discovered channel: put to first answer of the new instance**", "join", rounds.joined);
		row(report, "of which: put to the new list", "listed", rounds.listed);
		row(report, "grpc-java alone: list handed to a bare channel to first answer", "pushed", rounds.pushed);
		row(report, "**plain jetcd: put to watch event**", "plain", rounds.plain);
		row(report, "plain jetcd while the channel's calls go on", "plainDuringCalls", rounds.plainDuringCalls);
		double limit = 1.5 * rounds.plain.median() + 2;
		report.limit(new Limit(String.format(Locale.ROOT,
				"put to first answer, p50, at most 1.5 times plain jetcd's put to event (%.2f ms) plus 2 ms",
				rounds.plain.median()), rounds.joined.median(), limit, "ms"));
		report.note("The clock starts before the put is sent and stops when the answer of the new instance is there; "
				+ "so it holds the put, the watch event, the new list, a new TCP connection with its HTTP/2 handshake, and a call.");
		report.note("One call is in flight at any time, each made by the answer to the one before; round_robin over "
				+ JoinRounds.STANDING + " standing instances and the new one. Each round has a new connection.");
		report.note(
				"Warm: before the rounds that count, connections were made and dropped, and both watches saw thousands of events.");
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
