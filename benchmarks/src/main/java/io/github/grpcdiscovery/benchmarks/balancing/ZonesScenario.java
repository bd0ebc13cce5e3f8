package io.github.grpcdiscovery.benchmarks.balancing;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.DoubleStream;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.benchmarks.Options;
import io.github.grpcdiscovery.benchmarks.Pause;

/**
 * Servers in two zones, {@code a} and {@code b}: calls stay in the client's zone while it
 * can take them, spill over in proportion, and leave when it dies.
 */
final class ZonesScenario implements Scenario {

	private static final int RATE = 500;

	private static final Duration DEADLINE = Duration.ofSeconds(1);

	private static final Duration MEASURED = Duration.ofSeconds(2);

	private static final PolicySettings IN_A = new PolicySettings("a", Duration.ZERO);

	private static final PolicySettings IN_B = new PolicySettings("b", Duration.ZERO);

	@Override
	public void run(String policy, Options options, Findings findings) {
		local(policy, findings);
		twoToOne(policy, findings);
		killed(policy, findings);
	}

	/** Four servers in each zone; then one of the client's four dies. */
	private static void local(String policy, Findings findings) {
		List<ProgrammableServer> servers = ProgrammableServer.start(8);
		SettableDiscovery discovery = zoned(servers, 4);
		try (Client first = Client.connected(policy, discovery, servers, IN_A);
				Client second = Client.connected(ROUND_ROBIN, discovery, servers, IN_A);
				OpenLoop calls = OpenLoop.start(first, RATE, DEADLINE);
				OpenLoop others = OpenLoop.start(second, RATE, DEADLINE)) {
			Pause.of(Duration.ofSeconds(1));
			long start = System.nanoTime();
			Pause.of(MEASURED);
			long end = System.nanoTime();
			servers.get(0).kill();
			Pause.of(Duration.ofSeconds(1));
			long later = System.nanoTime();
			Pause.of(MEASURED);
			calls.close();
			others.close();
			report(findings, "four servers in each zone", calls.log().begun(start, end),
					others.log().begun(start, end));
			report(findings, "one of the local four is dead", calls.log().since(later), others.log().since(later));
		}
		finally {
			servers.forEach(ProgrammableServer::close);
		}
	}

	private static void report(Findings findings, String scenario, CallLog ours, CallLog theirs) {
		double remote = 100 - localShare(ours) * 100;
		findings.row("zones: " + scenario, "calls that leave the zone", "%", remote, 100 - localShare(theirs) * 100);
		findings.limit("zones, " + scenario + ": calls that leave the zone", remote, 0, "%");
	}

	private static double localShare(CallLog log) {
		return DoubleStream.of(log.shares(8)).limit(4).sum();
	}

	/** Two servers in one zone, one in the other, and a client in each. */
	private static void twoToOne(String policy, Findings findings) {
		double ours = mostLoaded(policy);
		double theirs = mostLoaded(ROUND_ROBIN);
		String scenario = "zones: two servers in one, one in the other, a client in each";
		findings.row(scenario, "most loaded server against the mean", "times", ours, theirs);
		findings.limit("zones 2 : 1: most loaded server against the mean", ours, 1.1, "times");
	}

	private static double mostLoaded(String policy) {
		List<ProgrammableServer> servers = ProgrammableServer.start(3);
		SettableDiscovery discovery = zoned(servers, 2);
		try (Client first = Client.connected(policy, discovery, servers, IN_A);
				Client second = Client.connected(policy, discovery, servers, IN_B);
				OpenLoop calls = OpenLoop.start(first, RATE, DEADLINE);
				OpenLoop others = OpenLoop.start(second, RATE, DEADLINE)) {
			Pause.of(Duration.ofSeconds(1));
			long start = System.nanoTime();
			Pause.of(MEASURED);
			calls.close();
			others.close();
			double[] ofA = calls.log().since(start).shares(3);
			double[] ofB = others.log().since(start).shares(3);
			double most = 0;
			for (int i = 0; i < 3; i++) {
				most = Math.max(most, (ofA[i] + ofB[i]) / 2);
			}
			return most * 3;
		}
		finally {
			servers.forEach(ProgrammableServer::close);
		}
	}

	/** All servers of the client's zone die at once; the registry still has them. */
	private static void killed(String policy, Findings findings) {
		List<ProgrammableServer> servers = ProgrammableServer.start(4);
		SettableDiscovery discovery = zoned(servers, 2);
		try (Client first = Client.connected(policy, discovery, servers, IN_A);
				Client second = Client.connected(ROUND_ROBIN, discovery, servers, IN_A);
				OpenLoop calls = OpenLoop.startIdempotent(first, RATE, DEADLINE);
				OpenLoop others = OpenLoop.startIdempotent(second, RATE, DEADLINE)) {
			Pause.of(Duration.ofSeconds(2));
			long killed = System.nanoTime();
			servers.subList(0, 2).forEach(ProgrammableServer::kill);
			Pause.of(MEASURED);
			calls.close();
			others.close();
			CallLog ours = calls.log().since(killed - DEADLINE.toNanos());
			CallLog theirs = others.log().since(killed - DEADLINE.toNanos());
			String scenario = "zones: the client's zone is killed, idempotent calls";
			findings.row(scenario, "failed calls", "", ours.failed().size(), theirs.failed().size());
			findings.row(scenario, "the last call that failed or took over 250 ms began after", "s",
					lastDisturbed(ours, killed), lastDisturbed(theirs, killed));
			findings.limit("zone killed: failed calls of idempotent methods", ours.failed().size(), 0, "");
			findings.limit("zone killed: calls are moved after", lastDisturbed(ours, killed), 1, "s");
		}
		finally {
			servers.forEach(ProgrammableServer::close);
		}
	}

	private static double lastDisturbed(CallLog log, long killed) {
		OptionalLong last = log.where((call) -> !call.answered() || call.took() > Duration.ofMillis(250).toNanos())
			.lastBegan();
		return last.isPresent() ? Math.max(0, (last.getAsLong() - killed) / 1e9) : 0;
	}

	private static SettableDiscovery zoned(List<ProgrammableServer> servers, int inA) {
		List<ServiceInstance> list = Services.list(servers,
				(server) -> server.instance().zone((server.number() < inA) ? "a" : "b").build());
		return new SettableDiscovery(list);
	}

}
