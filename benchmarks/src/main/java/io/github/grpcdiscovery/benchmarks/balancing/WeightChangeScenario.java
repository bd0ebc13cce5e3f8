package io.github.grpcdiscovery.benchmarks.balancing;

import java.time.Duration;
import java.util.List;

import io.github.grpcdiscovery.benchmarks.Options;
import io.github.grpcdiscovery.benchmarks.Pause;

/**
 * The weights of three servers change from equal to 1 : 2 : 7 while they are called.
 */
final class WeightChangeScenario implements Scenario {

	private static final int RATE = 1000;

	private static final int ROW = 100;

	private static final double[] EXPECTED = { 0.1, 0.2, 0.7 };

	private static final double TOLERANCE = 0.05;

	@Override
	public void run(String policy, Options options, Findings findings) {
		List<ProgrammableServer> servers = ProgrammableServer.start(3);
		SettableDiscovery discovery = new SettableDiscovery(Services.weighted(servers, 100, 100, 100));
		try (Client first = Client.connected(policy, discovery, servers);
				Client second = Client.connected(ROUND_ROBIN, discovery, servers);
				OpenLoop calls = OpenLoop.start(first, RATE, Duration.ofSeconds(5));
				OpenLoop others = OpenLoop.start(second, RATE, Duration.ofSeconds(5))) {
			Pause.of(Duration.ofSeconds(2));
			int before = connections(servers);
			long changed = System.nanoTime();
			discovery.set(Services.weighted(servers, 100, 200, 700));
			Pause.of(Duration.ofSeconds(2));
			double ours = followsAfter(calls.log(), changed);
			double theirs = followsAfter(others.log(), changed);
			int reconnects = connections(servers) - before;
			String scenario = "equal weights become 1 : 2 : 7, 1000 calls/s";
			findings.row(scenario, "shares of the next 100 calls follow after", "ms", ours, theirs);
			findings.row(scenario, "connections made anew by both", "", reconnects, reconnects);
			findings.limit("a weight is changed: shares follow after", Double.isNaN(ours) ? 2000 : ours, 100, "ms");
			findings.limit("a weight is changed: connections made anew", reconnects, 0, "");
		}
		finally {
			servers.forEach(ProgrammableServer::close);
		}
	}

	private static int connections(List<ProgrammableServer> servers) {
		return servers.stream().mapToInt(ProgrammableServer::connections).sum();
	}

	private static double followsAfter(CallLog log, long changed) {
		return log.since(changed)
			.firstRow(ROW, (row) -> isExpected(row.shares(EXPECTED.length)))
			.stream()
			.mapToDouble((began) -> (began - changed) / 1e6)
			.findFirst()
			.orElse(Double.NaN);
	}

	private static boolean isExpected(double[] shares) {
		for (int i = 0; i < EXPECTED.length; i++) {
			if (Math.abs(shares[i] - EXPECTED[i]) > TOLERANCE) {
				return false;
			}
		}
		return true;
	}

}
