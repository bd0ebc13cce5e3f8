package io.github.grpcdiscovery.faults.random;

import java.util.List;
import java.util.stream.Collectors;

import io.github.grpcdiscovery.testsupport.SteadyCaller.Outcome;

/** Calls failed that nothing excuses; not an assertion that may hold later. */
final class BrokenPromise extends RuntimeException {

	private static final long serialVersionUID = 1L;

	BrokenPromise(List<Outcome> calls) {
		super("calls failed that must not, " + calls.size() + ":\n"
				+ calls.stream().limit(10).map(BrokenPromise::line).collect(Collectors.joining("\n")));
	}

	static String line(Outcome call) {
		return "%s call to '%s', begun %d ms ago, over after %d ms: %s %s".formatted(
				call.waitForReady() ? "waiting" : "plain", call.server(),
				(System.nanoTime() - call.began()) / 1_000_000, (call.ended() - call.began()) / 1_000_000,
				call.status().getCode(), call.status().getDescription());
	}

}
