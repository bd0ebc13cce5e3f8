package io.github.grpcdiscovery.benchmarks.balancing;

import io.github.grpcdiscovery.benchmarks.Options;

/**
 * What the choice of a server costs, with 10 and with 1000 servers and no network.
 */
final class PickScenario implements Scenario {

	@Override
	public void run(String policy, Options options, Findings findings) {
		int picks = options.choose(2_000_000, 400_000);
		for (int size : new int[] { 10, 1000 }) {
			PickCost ours;
			PickCost theirs;
			try (PickedPolicy picked = PickedPolicy.of(policy, size);
					PickedPolicy other = PickedPolicy.of(ROUND_ROBIN, size)) {
				// so that none has the compiler to itself
				PickCost.measure(picked, picks / 4);
				PickCost.measure(other, picks / 4);
				ours = PickCost.measure(picked, picks);
				theirs = PickCost.measure(other, picks);
			}
			String scenario = "a pick, %d servers".formatted(size);
			findings.row(scenario, "time", "ns", ours.nanos(), theirs.nanos());
			findings.row(scenario, "allocated", "bytes", ours.bytes(), theirs.bytes());
			findings.row(scenario, "time with the call's tracer, 8 calls in flight", "ns", ours.callNanos(),
					theirs.callNanos());
			findings.row(scenario, "allocated with the call's tracer, 8 calls in flight", "bytes", ours.callBytes(),
					theirs.callBytes());
			findings.limit(scenario + ": time", ours.nanos(), 100, "ns");
			findings.limit(scenario + ": allocated", ours.bytes(), 0, "bytes");
		}
		findings.note("A pick: one thread asks the policy's picker, which the policy has made for connections that are "
				+ "not real; the time is the median of ten batches.");
	}

}
