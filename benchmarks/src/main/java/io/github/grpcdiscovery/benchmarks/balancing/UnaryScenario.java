package io.github.grpcdiscovery.benchmarks.balancing;

import java.util.List;

import io.github.grpcdiscovery.benchmarks.Options;
import io.github.grpcdiscovery.benchmarks.Samples;

/**
 * What a call costs: one at a time, over three channels in turn, the third a control.
 */
final class UnaryScenario implements Scenario {

	private static final int[][] ORDERS = { { 0, 1, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 }, { 0, 2, 1 },
			{ 1, 0, 2 } };

	@Override
	public void run(String policy, Options options, Findings findings) {
		List<ProgrammableServer> servers = ProgrammableServer.start(3);
		SettableDiscovery discovery = Services.of(servers);
		try (Client ours = Client.connected(policy, discovery, servers);
				Client theirs = Client.connected(ROUND_ROBIN, discovery, servers);
				Client control = Client.connected(ROUND_ROBIN, discovery, servers)) {
			List<Client> clients = List.of(ours, theirs, control);
			List<Samples> times = List.of(new Samples(), new Samples(), new Samples());
			measure(clients, times, options.choose(10_000, 3_000));
			times.forEach(Samples::clear);
			measure(clients, times, options.choose(30_000, 6_000));
			double p50 = times.get(1).median() * 1000;
			findings.row("a unary call, one at a time, three servers", "p50", "us", times.get(0).median() * 1000, p50);
			double ratio = times.get(0).median() / times.get(1).median();
			findings.limit("a unary call: p50 against round_robin", ratio, 1.02, "times");
			findings.note(
					"A unary call: a second channel with `round_robin`, the control, took %.3f times the first one's. "
						.formatted(times.get(2).median() / times.get(1).median())
							+ "`benchmarks/run hanging` compares the same two in several JVMs.");
		}
		finally {
			servers.forEach(ProgrammableServer::close);
		}
	}

	private static void measure(List<Client> clients, List<Samples> times, int rounds) {
		for (int round = 0; round < rounds; round++) {
			for (int i : ORDERS[round % ORDERS.length]) {
				long start = System.nanoTime();
				clients.get(i).call();
				times.get(i).add(System.nanoTime() - start);
			}
		}
	}

}
