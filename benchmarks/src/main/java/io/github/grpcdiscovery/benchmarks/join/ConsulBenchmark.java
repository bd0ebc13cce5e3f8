package io.github.grpcdiscovery.benchmarks.join;

import java.time.Duration;
import java.util.Locale;

import io.github.grpcdiscovery.benchmarks.Benchmark;
import io.github.grpcdiscovery.benchmarks.Limit;
import io.github.grpcdiscovery.benchmarks.Options;
import io.github.grpcdiscovery.benchmarks.Report;
import io.github.grpcdiscovery.benchmarks.Samples;

/**
 * How long a server that registers in Consul waits for its first call, and how long one
 * that fails its check is still called. Beside it, round by round, a plain HTTP program:
 * from its registration to the answer of its blocking query.
 */
public final class ConsulBenchmark implements Benchmark {

	private static final double JOIN_LIMIT = 10;

	private static final Duration SLACK = Duration.ofMillis(50);

	@Override
	public Report run(Options options) {
		try (ConsulRounds rounds = new ConsulRounds()) {
			rounds.runCold(10);
			rounds.warmUp(options.choose(6000, 1500), options.choose(60, 20));
			rounds.run(options.choose(200, 40));
			rounds.fallIll(options.choose(40, 6));
			return report(rounds);
		}
	}

	private static Report report(ConsulRounds rounds) {
		Report report = new Report("consul", "From a registration in Consul to the first answered call, and out again",
				"what", "p50", "p90", "p99", "most", "rounds");
		row(report, "**registration to the first answer of the new instance**", "join", rounds.joined);
		row(report, "of which: registration to the new list", "listed", rounds.listed);
		row(report, "**plain HTTP: registration to the blocking query's answer**", "plain", rounds.plain);
		row(report, "registration to first answer, the first rounds of a JVM", "joinCold", rounds.joinedCold);
		row(report, "**a check fails: the server says so, to the list without it**", "unwell", rounds.unwell);
		row(report, "**a check fails: the server hangs, to the list without it**", "silent", rounds.silent);
		report.limit(
				new Limit(String.format(Locale.ROOT, "registration to first answer, p50, at most %.0f ms", JOIN_LIMIT),
						rounds.joined.median(), JOIN_LIMIT, "ms"));
		Duration out = ConsulRounds.INTERVAL.plus(ConsulRounds.TIMEOUT).plus(SLACK);
		report.limit(new Limit(
				"a failed check to the list without the instance, the longest of all rounds, at most interval (%d ms) + timeout (%d ms) + %d ms"
					.formatted(ConsulRounds.INTERVAL.toMillis(), ConsulRounds.TIMEOUT.toMillis(), SLACK.toMillis()),
				Math.max(rounds.unwell.percentile(100), rounds.silent.percentile(100)), out.toMillis(), "ms"));
		report
			.note("The clock starts before our registrar is asked and stops when the answer of the new instance is there; so "
					+ "it holds the question who holds the id, the registration, the blocking query's answer, the new list, a new TCP "
					+ "connection with its HTTP/2 handshake, and a call.");
		report.note("The check is Consul's gRPC check, whose first status is passing, since we register what serves.");
		report.note("One call is in flight at any time; round_robin over " + ConsulRounds.STANDING
				+ " standing instances and the new one. Each round has a new connection. Rounds are more than 100 ms apart.");
		report
			.note("The plain program sends the registration and has a blocking query waiting; it reads nothing of the "
					+ "answer but its index and connects to nothing.");
		report.note(
				"The instance that falls ill is the only one of its service, and listens all the time; the settings are the defaults, but for query.fail-traffic-on-panic=true, without which one that is silent is called for as long as it listens. It falls ill at any moment between two probes. The agent makes the probes: what is ours is from "
						+ "its finding to the list.");
		return report;
	}

	private static void row(Report report, String what, String name, Samples samples) {
		report.row(what, samples.show(50), samples.show(90), samples.show(99), samples.show(100),
				String.valueOf(samples.size()));
		report.figure(name + "P50Millis", samples.percentile(50));
		report.figure(name + "P90Millis", samples.percentile(90));
		report.figure(name + "P99Millis", samples.percentile(99));
		report.figure(name + "MostMillis", samples.percentile(100));
		report.figure(name + "Rounds", samples.size());
	}

}
