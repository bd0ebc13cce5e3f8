package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.InvalidSettingException;

/**
 * Collects the settings of a query. Each method returns the builder. Not safe for use by
 * several threads.
 *
 * @see ConsulQuery#builder()
 */
public final class ConsulQueryBuilder {

	@Nullable String datacenter;

	List<String> tags = List.of();

	@Nullable String near;

	@Nullable String filter;

	boolean passingOnly;

	boolean failTrafficOnPanic;

	Duration maxWait = Duration.ofSeconds(55);

	ConsulQueryBuilder() {
	}

	/** Consul's datacenter; {@code null} for the agent's own. */
	public ConsulQueryBuilder datacenter(@Nullable String datacenter) {
		this.datacenter = datacenter;
		return this;
	}

	/** Tags that an instance has all of; none by default. */
	public ConsulQueryBuilder tags(List<String> tags) {
		this.tags = tags;
		return this;
	}

	/**
	 * Node that instances are sorted by distance from, or {@code _agent}. Clients balance
	 * over all of them all the same.
	 */
	public ConsulQueryBuilder near(@Nullable String near) {
		this.near = near;
		return this;
	}

	/**
	 * Expression of Consul's filter language, such as {@code Service.Meta.zone == "a"}.
	 */
	public ConsulQueryBuilder filter(@Nullable String filter) {
		this.filter = filter;
		return this;
	}

	/**
	 * Whether only instances count of which every check is passing. {@code false} by
	 * default: as in Consul's DNS, an instance with a check in warning counts, and one
	 * with a critical check does not.
	 */
	public ConsulQueryBuilder passingOnly(boolean passingOnly) {
		this.passingOnly = passingOnly;
		return this;
	}

	/**
	 * What to do when Consul's probes reach no instance any more that was called before:
	 * {@code true} to call none of them, {@code false} by default to go on calling those
	 * that accept connections from here.
	 */
	public ConsulQueryBuilder failTrafficOnPanic(boolean failTrafficOnPanic) {
		this.failTrafficOnPanic = failTrafficOnPanic;
		return this;
	}

	/**
	 * How long Consul holds a query while nothing changes, 1 s to 10 m; defaults to 55 s.
	 */
	public ConsulQueryBuilder maxWait(Duration maxWait) {
		this.maxWait = maxWait;
		return this;
	}

	/**
	 * Checks everything and makes the query.
	 * @return the query
	 * @throws InvalidSettingException naming the setting, its value and its rule
	 */
	public ConsulQuery build() {
		return new ConsulQuery(this);
	}

}
