package io.github.grpcdiscovery.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What is common to registration and discovery.
 */
@ConfigurationProperties("grpc.discovery")
public class DiscoveryProperties {

	/**
	 * Whether to register this application's gRPC server and to look up others. With
	 * 'false' the application starts as if the starter were not there.
	 */
	private boolean enabled = true;

	/**
	 * Name of the registry to register in and to look up 'discovery:///name' in. May be
	 * left out while only one registry has settings; 'local' needs no other setting. A
	 * list registers in each and merges what they hold.
	 */
	private List<String> registry = new ArrayList<>();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public List<String> getRegistry() {
		return this.registry;
	}

	public void setRegistry(List<String> registry) {
		this.registry = registry;
	}

}
