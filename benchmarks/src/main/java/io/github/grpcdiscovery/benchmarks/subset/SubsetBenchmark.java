package io.github.grpcdiscovery.benchmarks.subset;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

import io.github.grpcdiscovery.benchmarks.Benchmark;
import io.github.grpcdiscovery.benchmarks.Limit;
import io.github.grpcdiscovery.benchmarks.Options;
import io.github.grpcdiscovery.benchmarks.Report;

/**
 * 300 clients choose 20 of 300 servers each: how evenly servers are loaded, and what
 * moves. Simulated with the product's own code; takes seconds.
 */
public final class SubsetBenchmark implements Benchmark {

	private static final int CLIENTS = 300;

	private static final int SERVERS = 300;

	private static final int SIZE = 20;

	@Override
	public Report run(Options options) {
		Report report = new Report("subset", "300 clients connect to 20 of 300 servers each", "choice",
				"least loaded server, against the mean", "most loaded", "most loaded, 10 % of the slots are holes",
				"one server leaves: connections that move", "most that one client moves", "kept over a restart");
		Map<String, Choice> choices = new LinkedHashMap<>();
		choices.put("**slots kept in the registry**", Choice.withSlots());
		choices.put("**no slots (rendezvous hashing)**", Choice.withoutSlots());
		choices.put("ranks in the list in place of slots", Choice.withRanks());
		choices.put("by chance (`random_subsetting_experimental`)", Choice.random());
		choices.forEach((name, choice) -> measure(name, choice, options, report));
		report.note("Simulated with the product's own code. Holes: not exceeded in 95 of 100 random layouts, and in "
				+ "brackets the worst of them.");
		return report;
	}

	private static void measure(String name, Choice choice, Options options, Report report) {
		Simulation simulation = new Simulation(choice, CLIENTS, SERVERS, SIZE);
		double[] load = simulation.load();
		double[] holes = IntStream.range(0, options.choose(100, 20))
			.mapToDouble(simulation::mostWithHoles)
			.sorted()
			.toArray();
		double most = holes[holes.length * 95 / 100];
		double[] moved = simulation.moved(SERVERS / 2);
		double kept = simulation.keptOverRestart();
		report.row(name, show(load[0]), show(load[1]), show(most) + " (" + show(holes[holes.length - 1]) + ")",
				show(moved[0] * 100) + " %", String.valueOf((int) moved[1]), show(kept * 100) + " %");
		if (!name.contains("slots kept")) {
			return;
		}
		report.figure("leastLoaded", load[0]);
		report.figure("mostLoaded", load[1]);
		report.figure("mostLoadedWithHoles", most);
		report.figure("movedPercent", moved[0] * 100);
		report.limit(new Limit("subset: most loaded server against the mean", load[1], 1.1, "times"));
		report.limit(new Limit("subset: the same with 10 % holes, in 95 of 100 layouts", most, 1.25, "times"));
		report.limit(new Limit("subset: one of 300 servers leaves, connections that move", moved[0] * 100,
				110.0 / SERVERS, "%"));
		report.limit(new Limit("subset: one of 300 servers leaves, connections that a client moves", moved[1], 1, ""));
		report.limit(new Limit("subset: a client restarts, connections that move", (1 - kept) * 100, 5, "%"));
	}

	private static String show(double value) {
		return String.format(Locale.ROOT, "%.2f", value);
	}

}
