package io.github.grpcdiscovery.benchmarks.balancing;

import java.util.List;

import io.github.grpcdiscovery.benchmarks.Options;

/**
 * All servers are equally fast: what share each gets, with equal weights and with others.
 */
final class SharesScenario implements Scenario {

	private static final int[] AT_A_TIME = { 1, 8 };

	@Override
	public void run(String policy, Options options, Findings findings) throws Exception {
		int calls = options.choose(100_000, 10_000);
		double equal = measure(policy, calls, 100, 100, 100, 100);
		double equalOfTheirs = measure(ROUND_ROBIN, calls / 10, 100, 100, 100, 100);
		String scenario = "four servers, equally fast";
		findings.row(scenario, "share furthest from a quarter", "%", equal * 100, equalOfTheirs * 100);
		findings.limit("all equally fast: a share differs from that of its weight by", equal * 100, 5, "%");
		double weighted = measure(policy, calls, 100, 200, 700);
		double weightedOfTheirs = measure(ROUND_ROBIN, calls / 10, 100, 200, 700);
		findings.row("weights 1 : 2 : 7", "share furthest from its weight's", "%", weighted * 100,
				weightedOfTheirs * 100);
		findings.limit("weights 1 : 2 : 7: a share differs from that of its weight by", weighted * 100, 1, "%");
		findings
			.note("Shares: calls as fast as they are answered, one at a time and then eight at a time; the worse of "
					+ "the two, each of so many calls: " + calls);
	}

	private static double measure(String policy, int calls, int... weights) throws InterruptedException {
		List<ProgrammableServer> servers = ProgrammableServer.start(weights.length);
		SettableDiscovery discovery = new SettableDiscovery(Services.weighted(servers, weights));
		double[] expected = new double[weights.length];
		for (int i = 0; i < weights.length; i++) {
			expected[i] = weights[i];
		}
		double worst = 0;
		try (Client client = Client.connected(policy, discovery, servers)) {
			for (int atATime : AT_A_TIME) {
				ClosedLoop.shares(client, 2000, atATime);
				double[] shares = ClosedLoop.shares(client, calls, atATime);
				worst = Math.max(worst, CallLog.worstDeviation(shares, expected));
			}
			return worst;
		}
		finally {
			servers.forEach(ProgrammableServer::close);
		}
	}

}
