package io.github.grpcdiscovery.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.grpcdiscovery.benchmarks.balancing.BalancingBenchmark;
import io.github.grpcdiscovery.benchmarks.cold.ColdBenchmark;
import io.github.grpcdiscovery.benchmarks.join.ConsulBenchmark;
import io.github.grpcdiscovery.benchmarks.join.EarlyBenchmark;
import io.github.grpcdiscovery.benchmarks.join.JoinBenchmark;
import io.github.grpcdiscovery.benchmarks.kill.KillBenchmark;
import io.github.grpcdiscovery.benchmarks.peers.PeersBenchmark;
import io.github.grpcdiscovery.benchmarks.scale.ScaleBenchmark;
import io.github.grpcdiscovery.benchmarks.startup.NewcomerBenchmark;
import io.github.grpcdiscovery.benchmarks.startup.StartupBenchmark;
import io.github.grpcdiscovery.benchmarks.subset.SubsetBenchmark;
import io.github.grpcdiscovery.benchmarks.unary.UnaryCallComparison;

/**
 * Measures the product against what the same work costs without it, writes what it found
 * and ends with 0 only if every promise is kept.
 */
public final class Benchmarks {

	private Benchmarks() {
	}

	/**
	 * Runs the measurements, one after the other.
	 * @param args see {@link Options#parse}
	 */
	public static void main(String[] args) throws Exception {
		Map<String, Benchmark> benchmarks = new LinkedHashMap<>();
		benchmarks.put("join", new JoinBenchmark());
		benchmarks.put("consul", new ConsulBenchmark());
		benchmarks.put("early", new EarlyBenchmark());
		benchmarks.put("unary", new UnaryCallComparison(UnaryCallComparison.UNARY));
		benchmarks.put("hanging", new UnaryCallComparison(UnaryCallComparison.HANGING));
		benchmarks.put("startup", new StartupBenchmark());
		benchmarks.put("newcomer", new NewcomerBenchmark());
		benchmarks.put("cold", new ColdBenchmark());
		benchmarks.put("scale", new ScaleBenchmark());
		benchmarks.put("subset", new SubsetBenchmark());
		List<String> byDefault = List.copyOf(benchmarks.keySet());
		benchmarks.put("balancing", new BalancingBenchmark());
		benchmarks.put("kill", new KillBenchmark());
		benchmarks.put("peers", new PeersBenchmark());
		Options options;
		try {
			options = Options.parse(args, List.copyOf(benchmarks.keySet()), byDefault);
		}
		catch (IllegalArgumentException ex) {
			System.err.println(ex.getMessage());
			System.exit(2);
			return;
		}
		ReportWriter writer = new ReportWriter(options.results(), Machine.describe());
		List<Report> reports = new ArrayList<>();
		for (String kind : options.kinds()) {
			System.out.println("== " + kind);
			long start = System.nanoTime();
			Report report = benchmarks.get(kind).run(options);
			writer.write(report);
			reports.add(report);
			System.out.println(ReportWriter.markdown(report));
			System.out.printf("(%d s)%n%n", (System.nanoTime() - start) / 1_000_000_000);
		}
		if (options.kinds().containsAll(byDefault)) {
			writer.writeSummary(reports);
		}
		System.out.println(ReportWriter.limits(reports));
		boolean kept = reports.stream().flatMap((report) -> report.limits().stream()).allMatch(Limit::met);
		System.out.println("Written to " + options.results() + (kept ? "" : "; a promise is not kept"));
		System.exit(kept ? 0 : 1);
	}

}
