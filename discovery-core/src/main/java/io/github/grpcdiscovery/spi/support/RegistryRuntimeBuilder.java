package io.github.grpcdiscovery.spi.support;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.WatchSource;

/**
 * Collects what a registry's runtime is made of. Each method returns the builder. Not
 * safe for use by several threads.
 */
public final class RegistryRuntimeBuilder {

	final String registry;

	final EventLoop loop;

	final WatchSource source;

	String description;

	WatchSettings settings = WatchSettings.DEFAULT;

	DiscoveryObserver observer = DiscoveryObserver.NONE;

	RegistryRuntimeBuilder(String registry, EventLoop loop, WatchSource source) {
		this.registry = registry;
		this.loop = loop;
		this.source = source;
		this.description = registry;
	}

	/**
	 * The registry as a person would name it, with its address and without secrets;
	 * defaults to its name.
	 */
	public RegistryRuntimeBuilder description(String description) {
		this.description = description;
		return this;
	}

	/** How services are followed; the back-off is that of registrations too. */
	public RegistryRuntimeBuilder settings(WatchSettings settings) {
		this.settings = settings;
		return this;
	}

	/** Sees what happens; defaults to {@link DiscoveryObserver#NONE}. */
	public RegistryRuntimeBuilder observer(DiscoveryObserver observer) {
		this.observer = observer;
		return this;
	}

	/**
	 * Makes the runtime, which connects to nothing yet.
	 * @return the runtime
	 */
	public RegistryRuntime build() {
		return new RegistryRuntime(this);
	}

}
