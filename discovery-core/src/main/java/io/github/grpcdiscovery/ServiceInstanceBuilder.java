package io.github.grpcdiscovery;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Collects what an instance is made of. Each method returns the builder. Not safe for use
 * by several threads.
 */
public final class ServiceInstanceBuilder {

	final String service;

	final String host;

	final int port;

	@Nullable String id;

	int weight = ServiceInstance.DEFAULT_WEIGHT;

	@Nullable String zone;

	@Nullable String version;

	Collection<String> tags = List.of();

	Map<String, String> metadata = Map.of();

	@Nullable Instant started;

	ServiceInstanceBuilder(String service, String host, int port) {
		this.service = service;
		this.host = host;
		this.port = port;
	}

	/** 1 to 255 characters without {@code / ? # %}, spaces and control characters. */
	public ServiceInstanceBuilder id(@Nullable String id) {
		this.id = id;
		return this;
	}

	/** 0 (drained) to 1000; defaults to 100. */
	public ServiceInstanceBuilder weight(int weight) {
		this.weight = weight;
		return this;
	}

	/** Failure domain, such as an availability zone. */
	public ServiceInstanceBuilder zone(@Nullable String zone) {
		this.zone = zone;
		return this;
	}

	/** When it was started, so that clients give it fewer calls while it is new. */
	public ServiceInstanceBuilder started(@Nullable Instant started) {
		this.started = started;
		return this;
	}

	/** Version of the application. */
	public ServiceInstanceBuilder version(@Nullable String version) {
		this.version = version;
		return this;
	}

	/** Free labels; duplicates are dropped. */
	public ServiceInstanceBuilder tags(Collection<String> tags) {
		this.tags = tags;
		return this;
	}

	/** At most 64 pairs: keys of {@code [A-Za-z0-9_-]{1,128}}, values to 512. */
	public ServiceInstanceBuilder metadata(Map<String, String> metadata) {
		this.metadata = metadata;
		return this;
	}

	/**
	 * Checks everything and makes the instance.
	 * @return the instance
	 * @throws InvalidSettingException naming the attribute, its value and its rule
	 */
	public ServiceInstance build() {
		return new ServiceInstance(this);
	}

}
