package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.InvalidSettingException;

/**
 * Which instances of a service are of interest and how they are followed. Immutable.
 */
public final class ConsulQuery {

	/** What suits nearly everybody. */
	public static final ConsulQuery DEFAULT = builder().build();

	private static final int MAX_TEXT = 1024;

	private final @Nullable String datacenter;

	private final List<String> tags;

	private final @Nullable String near;

	private final @Nullable String filter;

	private final boolean passingOnly;

	private final boolean failTrafficOnPanic;

	private final Duration maxWait;

	ConsulQuery(ConsulQueryBuilder builder) {
		this.datacenter = requireText("datacenter", builder.datacenter);
		this.tags = List.copyOf(builder.tags);
		this.tags.forEach((tag) -> requireText("tag", tag));
		this.near = requireText("near", builder.near);
		this.filter = requireText("filter", builder.filter);
		this.passingOnly = builder.passingOnly;
		this.failTrafficOnPanic = builder.failTrafficOnPanic;
		this.maxWait = InvalidSettingException.requireBetween("wait", builder.maxWait, Duration.ofSeconds(1),
				Duration.ofMinutes(10));
	}

	static @Nullable String requireText(String name, @Nullable String text) {
		if (text != null
				&& (text.isBlank() || text.length() > MAX_TEXT || text.chars().anyMatch(Character::isISOControl))) {
			throw InvalidSettingException.of(name, text,
					"1 to %d characters, none of them a control character".formatted(MAX_TEXT));
		}
		return text;
	}

	/**
	 * Begins with the defaults.
	 * @return checks everything when it builds
	 */
	public static ConsulQueryBuilder builder() {
		return new ConsulQueryBuilder();
	}

	/**
	 * Begins a changed copy.
	 * @return a builder that has everything of this query
	 */
	public ConsulQueryBuilder toBuilder() {
		return builder().datacenter(this.datacenter)
			.tags(this.tags)
			.near(this.near)
			.filter(this.filter)
			.passingOnly(this.passingOnly)
			.failTrafficOnPanic(this.failTrafficOnPanic)
			.maxWait(this.maxWait);
	}

	/** Consul's datacenter, where it is not the agent's own. */
	public @Nullable String datacenter() {
		return this.datacenter;
	}

	/** Tags that an instance has all of. */
	public List<String> tags() {
		return this.tags;
	}

	/** Node that instances are sorted by distance from, or {@code _agent}. */
	public @Nullable String near() {
		return this.near;
	}

	/** Expression of Consul's filter language, if any. */
	public @Nullable String filter() {
		return this.filter;
	}

	/** Whether only instances count of which every check is passing. */
	public boolean passingOnly() {
		return this.passingOnly;
	}

	/** Whether to call no instance when Consul's probes reach none any more. */
	public boolean failTrafficOnPanic() {
		return this.failTrafficOnPanic;
	}

	/** How long Consul holds a query while nothing changes. */
	public Duration maxWait() {
		return this.maxWait;
	}

	/**
	 * The parameters of a query that belong to this. Those that are not passing are asked
	 * for as well: that they are known and unwell is something else than that they are
	 * missing.
	 * @return encoded {@code name=value} texts
	 */
	List<String> parameters() {
		List<String> parameters = new ArrayList<>();
		UrlParameter.add(parameters, "dc", this.datacenter);
		UrlParameter.add(parameters, "near", this.near);
		UrlParameter.add(parameters, "filter", this.filter);
		this.tags.forEach((tag) -> UrlParameter.add(parameters, "tag", tag));
		return parameters;
	}

	private List<@Nullable Object> components() {
		return Arrays.asList(this.datacenter, this.tags, this.near, this.filter, this.passingOnly,
				this.failTrafficOnPanic, this.maxWait);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof ConsulQuery that && components().equals(that.components()));
	}

	@Override
	public int hashCode() {
		return components().hashCode();
	}

	@Override
	public String toString() {
		return "ConsulQuery[datacenter=%s, tags=%s, near=%s, filter=%s, passingOnly=%s, failTrafficOnPanic=%s, maxWait=%s]"
			.formatted(this.datacenter, this.tags, this.near, this.filter, this.passingOnly, this.failTrafficOnPanic,
					this.maxWait);
	}

}
