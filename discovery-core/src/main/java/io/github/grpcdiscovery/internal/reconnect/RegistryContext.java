package io.github.grpcdiscovery.internal.reconnect;

import java.time.Clock;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * What all watches and registrations of one registry share.
 *
 * @param name the registry's name, such as {@code etcd}
 * @param description the registry as a person would name it, with its address and without
 * secrets
 * @param loop the registry's event loop
 * @param observer sees what happens
 * @param clock wall clock, for what operators are shown
 */
public record RegistryContext(String name, String description, EventLoop loop, DiscoveryObserver observer,
		Clock clock) {

	/**
	 * What a registry shares that shows operators the time of this machine.
	 * @param name the registry's name
	 * @param description the registry as a person would name it, without secrets
	 * @param loop the registry's event loop
	 * @param observer sees what happens
	 */
	public RegistryContext(String name, String description, EventLoop loop, DiscoveryObserver observer) {
		this(name, description, loop, observer, Clock.systemUTC());
	}

}
