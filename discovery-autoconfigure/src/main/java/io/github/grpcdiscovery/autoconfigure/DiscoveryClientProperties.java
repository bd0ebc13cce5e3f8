package io.github.grpcdiscovery.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;

import io.github.grpcdiscovery.watch.WatchSettings;

/**
 * How other services are looked up.
 */
@ConfigurationProperties("grpc.discovery.client")
public class DiscoveryClientProperties {

	/**
	 * Whether gRPC channels look up services in the registry. With 'false' the
	 * application only registers itself.
	 */
	private boolean enabled = true;

	/**
	 * How long a service is still followed after the last channel to it was closed or
	 * became idle, so that the next one starts with a known list of instances.
	 */
	private Duration linger = Duration.ofSeconds(60);

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public Duration getLinger() {
		return this.linger;
	}

	public void setLinger(Duration linger) {
		this.linger = linger;
	}

	/**
	 * How services are followed.
	 * @param defaults what suits the registry
	 * @return the same with what is configured
	 */
	public WatchSettings watchSettings(WatchSettings defaults) {
		PropertyCheck.of("grpc.discovery.client.linger", this.linger, () -> {
			if (this.linger.isNegative()) {
				throw new IllegalArgumentException("linger: '%s' (expected: 0 or more)".formatted(this.linger));
			}
			return this.linger;
		});
		return new WatchSettings(defaults.backoff(), this.linger, defaults.updateInterval(),
				defaults.refreshInterval());
	}

}
