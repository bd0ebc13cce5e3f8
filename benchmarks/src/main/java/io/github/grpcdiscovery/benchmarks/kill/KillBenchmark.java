package io.github.grpcdiscovery.benchmarks.kill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.benchmarks.Benchmark;
import io.github.grpcdiscovery.benchmarks.Channels;
import io.github.grpcdiscovery.benchmarks.Etcd;
import io.github.grpcdiscovery.benchmarks.Limit;
import io.github.grpcdiscovery.benchmarks.Options;
import io.github.grpcdiscovery.benchmarks.Pause;
import io.github.grpcdiscovery.benchmarks.Report;
import io.github.grpcdiscovery.benchmarks.kill.Caller.Outcome;
import io.github.grpcdiscovery.testsupport.EtcdServer;

/**
 * How many plain calls fail when one of three servers is killed. Both clients call the
 * same servers at the same time, so both meet the same death.
 */
public final class KillBenchmark implements Benchmark {

	private static final int SERVERS = 3;

	private static final int RATE = 500;

	/** New servers are slow at first, which is not what is measured. */
	private static final Duration WARM_UP = Duration.ofSeconds(8);

	private static final Duration CALM = Duration.ofSeconds(1);

	private static final Duration AFTERWARDS = Duration.ofSeconds(4);

	private final List<Outcome> ours = new ArrayList<>();

	private final List<Outcome> go = new ArrayList<>();

	@Override
	public Report run(Options options) {
		int rounds = options.choose(20, 3);
		try (EtcdServer server = EtcdServer.started();
				Etcd etcd = new Etcd(server.endpoint());
				Registry registry = Channels.etcd(server.endpoint())) {
			round(etcd, registry, "warm-up");
			this.ours.clear();
			this.go.clear();
			for (int i = 0; i < rounds; i++) {
				round(etcd, registry, "killed-" + i);
				System.out.printf("kill %d of %d: %s, Go %s%n", i + 1, rounds, this.ours.get(i), this.go.get(i));
			}
		}
		return report();
	}

	private void round(Etcd etcd, Registry registry, String service) {
		List<EchoProcess> servers = IntStream.range(0, SERVERS).mapToObj(EchoProcess::starting).toList();
		try {
			List<String> addresses = servers.stream().map(EchoProcess::address).toList();
			etcd.putAll(service, addresses);
			Caller discovered = DiscoveredCaller.start(registry, service, RATE, WARM_UP);
			Caller fixed = GoCaller.start(addresses, RATE, WARM_UP);
			Pause.of(WARM_UP.plus(CALM));
			servers.get(0).kill();
			Pause.of(AFTERWARDS);
			this.ours.add(discovered.end());
			this.go.add(fixed.end());
			etcd.deleteAll(service);
		}
		finally {
			servers.forEach(EchoProcess::close);
		}
	}

	private Report report() {
		Report report = new Report("kill", "One of three servers is killed: calls that fail", "client", "mean", "p50",
				"most", "calls made", "kills");
		row(report, "**discovered (`etcd:///`)**", this.ours);
		row(report, "grpc-go, fixed addresses", this.go);
		report.figure("failedMean", mean(this.ours));
		report.figure("failedMeanOfGo", mean(this.go));
		double[] differences = differences();
		double more = DoubleStream.of(differences).average().orElse(0);
		double error = standardError(differences, more);
		report.figure("moreThanGoMean", more);
		report.figure("moreThanGoStandardError", error);
		report.limit(new Limit(
				"calls that fail more than a Go client's at the same kills: mean of the differences, at most twice its standard error",
				more, 2 * error, "calls"));
		report
			.note("Both clients call the same three servers, JVMs of their own, at the same time: 500 plain calls a second "
					+ "each, with a deadline of one second. Then one server is killed (SIGKILL). Calls are of a method that nobody "
					+ "declared idempotent.");
		return report;
	}

	// both lose the same server at the same moment: what the kills differ by is in
	// neither
	private double[] differences() {
		return IntStream.range(0, this.ours.size())
			.mapToDouble((i) -> this.ours.get(i).failed() - this.go.get(i).failed())
			.toArray();
	}

	private static double standardError(double[] samples, double mean) {
		double variance = DoubleStream.of(samples).map((sample) -> Math.pow(sample - mean, 2)).sum()
				/ (samples.length - 1);
		return Math.sqrt(variance / samples.length);
	}

	private static void row(Report report, String name, List<Outcome> outcomes) {
		List<Long> failed = sorted(outcomes);
		report.row(name, String.format(Locale.ROOT, "%.1f", mean(outcomes)),
				String.valueOf(failed.get(failed.size() / 2)), String.valueOf(failed.get(failed.size() - 1)),
				String.valueOf(outcomes.stream().mapToLong(Outcome::made).sum()), String.valueOf(outcomes.size()));
	}

	private static List<Long> sorted(List<Outcome> outcomes) {
		List<Long> failed = new ArrayList<>(outcomes.stream().map(Outcome::failed).toList());
		Collections.sort(failed);
		return failed;
	}

	private static double mean(List<Outcome> outcomes) {
		return outcomes.stream().mapToLong(Outcome::failed).average().orElse(0);
	}

}
