package io.github.grpcdiscovery.samples.server;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of this sample.
 *
 * @param delay how long every answer takes, to watch calls that are under way
 */
@ConfigurationProperties("sample")
record SampleProperties(@DefaultValue("0s") Duration delay) {

	SampleProperties {
		if (delay.isNegative()) {
			throw new IllegalArgumentException("sample.delay: %s (expected: 0 or more)".formatted(delay));
		}
	}

}
