package io.github.grpcdiscovery.samples.client;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Steady load, off unless a rate is set.
 *
 * @param rate calls a second, half of them wait-for-ready; 0 for none
 * @param deadline how long a plain call may take
 * @param patience how long a wait-for-ready call may take, waiting for a server included
 */
@ConfigurationProperties("sample.load")
record LoadProperties(@DefaultValue("0") int rate, @DefaultValue("5s") Duration deadline,
		@DefaultValue("60s") Duration patience) {

	private static final int MAX_RATE = 10_000;

	LoadProperties {
		if (rate < 0 || rate > MAX_RATE) {
			throw new IllegalArgumentException("sample.load.rate: %d (expected: 0 to %d)".formatted(rate, MAX_RATE));
		}
	}

}
