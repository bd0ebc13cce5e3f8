package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.grpc.LoadBalancer.ResolvedAddresses;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.internal.util.Durations;
import io.github.grpcdiscovery.internal.util.Printable;
import io.github.grpcdiscovery.resolver.BalancingSettings;
import io.github.grpcdiscovery.resolver.BalancingSettingsBuilder;
import io.github.grpcdiscovery.resolver.DiscoveryAttributes;

/**
 * What a service config says about the policy. It wins over what the resolver says.
 *
 * @param unresponsiveAfter when a server is ejected; {@code null} to leave it to the
 * resolver
 * @param warmUp how long a server is new; {@code null} to leave it to the resolver
 * @param zone of this client; {@code null} to leave it to the resolver
 */
record BalancerConfig(@Nullable Duration unresponsiveAfter, @Nullable Duration warmUp, @Nullable String zone) {

	private static final Pattern SECONDS = Pattern.compile("(\\d{1,8})(?:\\.(\\d{1,9}))?s");

	private static final String UNRESPONSIVE_AFTER = "unresponsiveAfter";

	private static final String WARM_UP = "warmUp";

	private static final String ZONE = "zone";

	private static final Set<String> NAMES = Set.of(UNRESPONSIVE_AFTER, WARM_UP, ZONE);

	/**
	 * Reads the policy's part of a service config.
	 * @param json the parsed JSON
	 * @return the config
	 * @throws IllegalArgumentException naming the value and the rule
	 */
	static BalancerConfig parse(Map<String, ?> json) {
		for (String name : json.keySet()) {
			if (!NAMES.contains(name)) {
				throw new IllegalArgumentException(
						"%s (expected: %s)".formatted(Printable.of(name), String.join(", ", new TreeSet<>(NAMES))));
			}
		}
		return new BalancerConfig(duration(json, UNRESPONSIVE_AFTER), duration(json, WARM_UP), text(json, ZONE));
	}

	private static @Nullable Duration duration(Map<String, ?> json, String name) {
		Object text = json.get(name);
		if (text == null) {
			return null;
		}
		Matcher matcher = SECONDS.matcher(text.toString());
		if (!matcher.matches()) {
			throw new IllegalArgumentException(
					"%s: '%s' (expected: seconds, such as 1.5s)".formatted(name, Printable.of(text)));
		}
		String fraction = (matcher.group(2) != null) ? matcher.group(2) : "";
		Duration duration = Duration.ofSeconds(Long.parseLong(matcher.group(1)))
			.plusNanos(Long.parseLong((fraction + "000000000").substring(0, 9)));
		if (duration.compareTo(Durations.MAX) > 0) {
			throw new IllegalArgumentException("%s: '%s' (expected: at most %s)".formatted(name, Printable.of(text),
					Durations.text(Durations.MAX)));
		}
		return duration;
	}

	private static @Nullable String text(Map<String, ?> json, String name) {
		Object text = json.get(name);
		if (text != null && !(text instanceof String)) {
			throw new IllegalArgumentException("%s: '%s' (expected: a text)".formatted(name, Printable.of(text)));
		}
		return (String) text;
	}

	/**
	 * The settings of a channel.
	 * @param resolved what the resolver and the service config say
	 */
	static BalancingSettings settings(ResolvedAddresses resolved) {
		BalancingSettings settings = resolved.getAttributes().get(DiscoveryAttributes.BALANCING);
		if (settings == null) {
			settings = BalancingSettings.defaults();
		}
		return (resolved.getLoadBalancingPolicyConfig() instanceof BalancerConfig config) ? config.over(settings)
				: settings;
	}

	private BalancingSettings over(BalancingSettings settings) {
		if (this.unresponsiveAfter == null && this.warmUp == null && this.zone == null) {
			return settings;
		}
		BalancingSettingsBuilder builder = settings.toBuilder();
		if (this.unresponsiveAfter != null) {
			builder.unresponsiveAfter(this.unresponsiveAfter);
		}
		if (this.warmUp != null) {
			builder.warmUp(this.warmUp);
		}
		if (this.zone != null) {
			builder.zone(this.zone);
		}
		return builder.build();
	}

}
