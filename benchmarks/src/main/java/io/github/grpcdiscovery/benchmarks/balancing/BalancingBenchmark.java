package io.github.grpcdiscovery.benchmarks.balancing;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import io.github.grpcdiscovery.benchmarks.Benchmark;
import io.github.grpcdiscovery.benchmarks.Options;
import io.github.grpcdiscovery.benchmarks.Report;
import io.github.grpcdiscovery.resolver.DiscoveryNameResolverProvider;

/**
 * What a load balancing policy makes of servers that are frozen, slow, failing, weighted,
 * new or far away, and what it costs, against grpc-java's own {@code round_robin}. Each
 * scenario has servers of its own in this JVM and two clients that call them at the same
 * time. {@code --policy=NAME} names another policy than the product's, and
 * {@code --only=NAME,..} the scenarios.
 */
public final class BalancingBenchmark implements Benchmark {

	private final Map<String, Scenario> scenarios = new LinkedHashMap<>();

	/** Creates the benchmark. */
	public BalancingBenchmark() {
		this.scenarios.put("frozen", new FrozenScenario());
		this.scenarios.put("slow", new SlowScenario());
		this.scenarios.put("failing", new FailingScenario());
		this.scenarios.put("shares", new SharesScenario());
		this.scenarios.put("weight", new WeightChangeScenario());
		this.scenarios.put("warm-up", new WarmUpScenario());
		this.scenarios.put("zones", new ZonesScenario());
		this.scenarios.put("unary", new UnaryScenario());
		this.scenarios.put("pick", new PickScenario());
	}

	@Override
	public Report run(Options options) throws Exception {
		String policy = options.details().getOrDefault("policy", DiscoveryNameResolverProvider.LEAST_LOAD);
		Findings findings = new Findings(policy);
		for (String name : chosen(options.details().getOrDefault("only", ""), this.scenarios.keySet())) {
			System.out.println("-- " + name);
			long start = System.nanoTime();
			this.scenarios.get(name).run(policy, options, findings);
			System.out.printf("(%d s)%n", (System.nanoTime() - start) / 1_000_000_000);
		}
		findings.note("Servers and clients share one JVM on loopback. Where calls are made at a rate, both clients "
				+ "call the same servers at the same time, and whether or not earlier calls are answered.");
		return findings.report();
	}

	/**
	 * Which scenarios to run.
	 * @param names separated by commas; empty for all
	 * @param known those that there are
	 * @throws IllegalArgumentException naming the name and what is expected
	 */
	static Collection<String> chosen(String names, Set<String> known) {
		Set<String> chosen = new LinkedHashSet<>(names.isEmpty() ? known : Arrays.asList(names.split(",")));
		for (String name : chosen) {
			if (!known.contains(name)) {
				throw new IllegalArgumentException("--only: '%s' (expected: any of %s)".formatted(name, known));
			}
		}
		return chosen;
	}

}
