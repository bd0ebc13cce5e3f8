package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.internal.util.Durations;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Which instances of a service are of interest and how they are followed. Immutable;
 * {@link #DEFAULT} has the defaults and the {@code with} methods change one thing each.
 *
 * @param datacenter Consul's datacenter; {@code null} for the agent's own
 * @param tags tags that an instance has all of; none unless told
 * @param near node that instances are sorted by distance from, or {@code _agent}. Clients
 * balance over all of them all the same
 * @param filter expression of Consul's filter language, such as
 * {@code Service.Meta.zone == "a"}
 * @param passingOnly whether only instances count of which every check is passing;
 * {@code false} by default: as in Consul's DNS, an instance with a check in warning
 * counts, and one with a critical check does not
 * @param failTrafficOnPanic what to do when Consul's probes reach no instance any more
 * that was called before: {@code true} to call none of them, {@code false} by default to
 * go on calling those that accept connections from here
 * @param maxWait how long Consul holds a query while nothing changes, 1 s to 10 m; 55 s
 * unless told
 */
public record ConsulQuery(@Nullable String datacenter, List<String> tags, @Nullable String near,
		@Nullable String filter, boolean passingOnly, boolean failTrafficOnPanic, Duration maxWait) {

	/** What suits nearly everybody. */
	public static final ConsulQuery DEFAULT = new ConsulQuery(null, List.of(), null, null, false, false,
			Duration.ofSeconds(55));

	private static final int MAX_TEXT = 1024;

	/**
	 * Checks every component.
	 * @throws IllegalArgumentException naming the component, its value and the rule
	 */
	public ConsulQuery {
		tags = List.copyOf(tags);
		tags.forEach((tag) -> requireText("tag", tag));
		requireText("datacenter", datacenter);
		requireText("near", near);
		requireText("filter", filter);
		Durations.require("wait", maxWait, Duration.ofSeconds(1), Duration.ofMinutes(10));
	}

	static void requireText(String name, @Nullable String text) {
		if (text != null
				&& (text.isBlank() || text.length() > MAX_TEXT || text.chars().anyMatch(Character::isISOControl))) {
			throw new IllegalArgumentException(
					"%s: '%s' (expected: 1 to %d characters, none of them a control character)".formatted(name,
							Printable.of(text), MAX_TEXT));
		}
	}

	/**
	 * With another datacenter.
	 * @param datacenter {@code null} for the agent's own
	 * @return a changed copy
	 */
	public ConsulQuery withDatacenter(@Nullable String datacenter) {
		return new ConsulQuery(datacenter, this.tags, this.near, this.filter, this.passingOnly, this.failTrafficOnPanic,
				this.maxWait);
	}

	/**
	 * With other tags.
	 * @param tags tags that an instance has all of
	 * @return a changed copy
	 */
	public ConsulQuery withTags(List<String> tags) {
		return new ConsulQuery(this.datacenter, tags, this.near, this.filter, this.passingOnly, this.failTrafficOnPanic,
				this.maxWait);
	}

	/**
	 * Sorted by distance.
	 * @param near a node, or {@code _agent}
	 * @return a changed copy
	 */
	public ConsulQuery withNear(@Nullable String near) {
		return new ConsulQuery(this.datacenter, this.tags, near, this.filter, this.passingOnly, this.failTrafficOnPanic,
				this.maxWait);
	}

	/**
	 * With another filter.
	 * @param filter expression of Consul's filter language
	 * @return a changed copy
	 */
	public ConsulQuery withFilter(@Nullable String filter) {
		return new ConsulQuery(this.datacenter, this.tags, this.near, filter, this.passingOnly, this.failTrafficOnPanic,
				this.maxWait);
	}

	/**
	 * With or without instances that have a check in warning.
	 * @param passingOnly {@code false} to call also those
	 * @return a changed copy
	 */
	public ConsulQuery withPassingOnly(boolean passingOnly) {
		return new ConsulQuery(this.datacenter, this.tags, this.near, this.filter, passingOnly, this.failTrafficOnPanic,
				this.maxWait);
	}

	/**
	 * With or without those that no probe of Consul's reaches, when they are all that
	 * there is.
	 * @param failTrafficOnPanic {@code true} to call none of them
	 * @return a changed copy
	 */
	public ConsulQuery withFailTrafficOnPanic(boolean failTrafficOnPanic) {
		return new ConsulQuery(this.datacenter, this.tags, this.near, this.filter, this.passingOnly, failTrafficOnPanic,
				this.maxWait);
	}

	/**
	 * With another time that Consul holds a query.
	 * @param maxWait 1 s to 10 m
	 * @return a changed copy
	 */
	public ConsulQuery withMaxWait(Duration maxWait) {
		return new ConsulQuery(this.datacenter, this.tags, this.near, this.filter, this.passingOnly,
				this.failTrafficOnPanic, maxWait);
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

}
