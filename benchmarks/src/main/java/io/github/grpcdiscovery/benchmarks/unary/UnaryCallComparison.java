package io.github.grpcdiscovery.benchmarks.unary;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

import io.github.grpcdiscovery.benchmarks.Benchmark;
import io.github.grpcdiscovery.benchmarks.Limit;
import io.github.grpcdiscovery.benchmarks.Options;
import io.github.grpcdiscovery.benchmarks.Report;
import io.github.grpcdiscovery.testsupport.EtcdServer;

/**
 * Runs {@link UnaryCallBenchmark} in several JVMs, one after the other, and compares the
 * channels within each.
 */
public final class UnaryCallComparison implements Benchmark {

	/** Against a channel with addresses that never change. */
	public static final String UNARY = "unary";

	/** Against a discovered channel that does not notice servers which hang. */
	public static final String HANGING = "hanging";

	private static final double LIMIT = 1.02;

	private final String name;

	/**
	 * Creates the benchmark.
	 * @param name what is compared
	 */
	public UnaryCallComparison(String name) {
		this.name = name;
	}

	@Override
	public Report run(Options options) throws Exception {
		Path log = Path.of(System.getProperty("java.io.tmpdir"), "grpc-discovery-jmh.log");
		System.out.println("JMH writes to " + log);
		try (EtcdServer etcd = EtcdServer.started()) {
			Collection<RunResult> results = new Runner(
					new OptionsBuilder().include(UnaryCallBenchmark.class.getName() + "." + "oneCallOverEach")
						.forks(options.choose(6, 3))
						.warmupIterations(options.choose(4, 2))
						.warmupTime(TimeValue.seconds(options.choose(2, 1)))
						.measurementIterations(options.choose(8, 4))
						.measurementTime(TimeValue.seconds(options.choose(2, 1)))
						.jvmArgsAppend("-D" + UnaryCallBenchmark.ETCD + "=" + etcd.endpoint(),
								"-D" + UnaryCallBenchmark.AGAINST + "=" + this.name,
								"-Dlogback.configurationFile=logback-benchmarks.xml", "-Xms512m", "-Xmx512m")
						.shouldFailOnError(true)
						.build())
				.run();
			return report(results.iterator().next());
		}
	}

	private Report report(RunResult result) {
		boolean hanging = this.name.equals(HANGING);
		String base = hanging ? "plain round_robin" : "static";
		List<BenchmarkResult> forks = List.copyOf(result.getBenchmarkResults());
		Report report = new Report(this.name,
				hanging ? "A unary call over a channel that notices servers which hang"
						: "A unary call, one in flight, three servers, round_robin",
				"channel", "p50", "mean", "p50 against " + base, "mean against " + base);
		Interval median = Interval.of(ratios(forks, "discoveredP50", "staticP50"));
		Interval mean = Interval.of(ratios(forks, "discoveredMean", "staticMean"));
		report.row("**discovered (`etcd:///`)**", micros(forks, "discoveredP50"), micros(forks, "discoveredMean"),
				median.toString(), mean.toString());
		report.row(hanging ? "**the same with plain round_robin**" : "**static (net.devh's resolver)**",
				micros(forks, "staticP50"), micros(forks, "staticMean"), "1", "1");
		report.row(hanging ? "control: a second plain one" : "control: a second static one",
				micros(forks, "controlP50"), micros(forks, "controlMean"),
				Interval.of(ratios(forks, "controlP50", "staticP50")).toString(),
				Interval.of(ratios(forks, "controlMean", "staticMean")).toString());
		report.figure("ratioP50", median.middle());
		report.figure("ratioP50Error", median.error());
		report.figure("ratioMean", mean.middle());
		report.figure("ratioMeanError", mean.error());
		report.figure("staticP50Micros", average(forks, "staticP50"));
		report.figure("discoveredP50Micros", average(forks, "discoveredP50"));
		report.limit(new Limit(hanging
				? "unary call over a channel that notices servers which hang, p50, at most 1.02 times one without that"
				: "unary call over a discovered channel, p50, at most 1.02 times one over a static channel",
				median.middle(), LIMIT, "times"));
		report.note(String.format(Locale.ROOT,
				"JMH, %d JVMs of %d iterations. In each JVM the three channels are called in turn, so the ratios are "
						+ "within one JVM and one moment; the error is the half width of the 95 %% interval over the JVMs.",
				forks.size(), forks.get(0).getIterationResults().size()));
		report
			.note("Same servers, event loop, executor and list. The control shows what the comparison can tell apart.");
		return report;
	}

	// a ratio for each JVM: iterations of one JVM are not independent of one another
	private static List<Double> ratios(List<BenchmarkResult> forks, String counter, String base) {
		List<Double> ratios = new ArrayList<>();
		for (BenchmarkResult fork : forks) {
			SummaryStatistics statistics = new SummaryStatistics();
			for (IterationResult iteration : fork.getIterationResults()) {
				statistics.addValue(score(iteration, counter) / score(iteration, base));
			}
			ratios.add(statistics.getMean());
		}
		return ratios;
	}

	private static double average(List<BenchmarkResult> forks, String counter) {
		SummaryStatistics statistics = new SummaryStatistics();
		forks.forEach((fork) -> fork.getIterationResults()
			.forEach((iteration) -> statistics.addValue(score(iteration, counter))));
		return statistics.getMean();
	}

	private static String micros(List<BenchmarkResult> forks, String counter) {
		return String.format(Locale.ROOT, "%.1f us", average(forks, counter));
	}

	private static double score(IterationResult iteration, String counter) {
		return iteration.getSecondaryResults()
			.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().endsWith(counter))
			.findFirst()
			.orElseThrow(() -> new IllegalStateException(
					"no counter " + counter + " in " + iteration.getSecondaryResults().keySet()))
			.getValue()
			.getScore();
	}

	private record Interval(double middle, double error) {

		static Interval of(List<Double> values) {
			SummaryStatistics statistics = new SummaryStatistics();
			values.forEach(statistics::addValue);
			double quantile = new TDistribution(values.size() - 1).inverseCumulativeProbability(0.975);
			return new Interval(statistics.getMean(),
					quantile * statistics.getStandardDeviation() / Math.sqrt(values.size()));
		}

		@Override
		public String toString() {
			return String.format(Locale.ROOT, "%.4f ± %.4f", this.middle, this.error);
		}

	}

}
