package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Duration;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.internal.util.Durations;

/** What operators read of servers that get no calls. Any thread. */
final class EjectionLog {

	private static final Logger logger = LoggerFactory.getLogger(EjectionLog.class);

	private final Supplier<String> authority;

	/**
	 * Creates the log of one channel.
	 * @param authority whose servers they are
	 */
	EjectionLog(Supplier<String> authority) {
		this.authority = authority;
	}

	void unresponsive(String server, Duration unresponsiveAfter) {
		logger.warn(
				"Ejected {} of '{}': it is unresponsive, nothing came from it for {} while others responded. It gets no calls until it responds",
				server, this.authority.get(), Durations.text(unresponsiveAfter));
	}

	void takesNoMoreCalls(String server, Duration unresponsiveAfter) {
		logger.warn(
				"Ejected {} of '{}': it takes no more calls, as many are in flight as it allows on one connection, and none of them got anything for {}. It gets calls again when one ends (expected: a higher limit of concurrent streams on the server, or calls that end)",
				server, this.authority.get(), Durations.text(unresponsiveAfter));
	}

	void responsive(String server, Duration after) {
		logger.info("Unejected {} of '{}' after {}: it responds", server, this.authority.get(),
				Durations.rounded(after));
	}

	void speaksNoGrpc(String server, String answer) {
		logger.warn("Ejected {} of '{}': it does not speak gRPC ({}). It gets no calls until it does", server,
				this.authority.get(), answer);
	}

	void speaksGrpc(String server, Duration after) {
		logger.info("Unejected {} of '{}' after {}: it speaks gRPC", server, this.authority.get(),
				Durations.rounded(after));
	}

}
