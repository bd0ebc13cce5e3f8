package io.github.grpcdiscovery.consul;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.DiscoveryOptions;
import io.github.grpcdiscovery.InvalidSettingException;
import io.github.grpcdiscovery.internal.util.Durations;

/**
 * Reads what a target says beside the name, such as
 * {@code consul://10.0.0.1:8500/orders?tag=v1&dc=dc2}. What it leaves out is as
 * configured.
 */
final class ConsulTargetOptions {

	private static final String DATACENTER = "dc";

	private static final String TAG = "tag";

	private static final String NEAR = "near";

	private static final String FILTER = "filter";

	private static final String PASSING = "passing";

	/** What {@link #PASSING} is called by the resolver that many Go programs use. */
	private static final String HEALTHY = "healthy";

	private static final String WAIT = "wait";

	private static final String SCHEME = "scheme";

	private static final List<String> KNOWN = List.of(DATACENTER, FILTER, HEALTHY, NEAR, PASSING, SCHEME, TAG, WAIT);

	private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m)");

	private ConsulTargetOptions() {
	}

	/**
	 * The agent that a target names.
	 * @param configured address of the configured agent
	 * @param options what the target says
	 * @return the configured one if it names none; in its normal form
	 * @throws IllegalArgumentException naming what is wrong and the rule
	 */
	static URI agent(URI configured, DiscoveryOptions options) {
		options.requireKnown(KNOWN, ConsulRegistry.NAME);
		String scheme = options.single(SCHEME);
		if (scheme != null && !scheme.equals("http") && !scheme.equals("https")) {
			throw options.invalid(SCHEME, "http or https");
		}
		if (options.authority() == null) {
			if (scheme != null) {
				throw options.invalid(SCHEME, "only where the target names an agent, as in consul://host:8500/name");
			}
			return configured;
		}
		URI agent = URI.create(((scheme != null) ? scheme : configured.getScheme()) + "://" + options.authority());
		return AgentAddress.of(agent).toUri();
	}

	/**
	 * The query that a target asks for.
	 * @param configured query of the settings
	 * @param options what the target says
	 * @return the configured one with what the target says
	 * @throws IllegalArgumentException naming the option, its value and the rule
	 */
	static ConsulQuery query(ConsulQuery configured, DiscoveryOptions options) {
		options.requireKnown(KNOWN, ConsulRegistry.NAME);
		ConsulQueryBuilder query = configured.toBuilder();
		set(options, DATACENTER, query::datacenter);
		set(options, NEAR, query::near);
		set(options, FILTER, query::filter);
		List<String> tags = options.all(TAG);
		if (!tags.isEmpty()) {
			query.tags(tags);
		}
		Boolean passing = flag(options, PASSING);
		Boolean healthy = flag(options, HEALTHY);
		if (passing != null && healthy != null) {
			throw options.invalid(HEALTHY, "one of passing and healthy, which are the same");
		}
		if (passing != null || healthy != null) {
			query.passingOnly(Boolean.TRUE.equals(passing) || Boolean.TRUE.equals(healthy));
		}
		Duration wait = duration(options, WAIT);
		if (wait != null) {
			query.maxWait(wait);
		}
		return checked(query);
	}

	private static void set(DiscoveryOptions options, String name, Consumer<String> setting) {
		String text = options.single(name);
		if (text != null) {
			setting.accept(text);
		}
	}

	private static ConsulQuery checked(ConsulQueryBuilder query) {
		try {
			return query.build();
		}
		catch (InvalidSettingException ex) {
			String option = ex.setting().equals("datacenter") ? DATACENTER : ex.setting();
			throw new IllegalArgumentException("option '%s': %s".formatted(option, ex.getMessage()), ex);
		}
	}

	private static @Nullable Boolean flag(DiscoveryOptions options, String name) {
		String text = options.single(name);
		if (text == null) {
			return null;
		}
		if (!text.equals("true") && !text.equals("false")) {
			throw options.invalid(name, "true or false");
		}
		return text.equals("true");
	}

	private static @Nullable Duration duration(DiscoveryOptions options, String name) {
		String text = options.single(name);
		if (text == null) {
			return null;
		}
		Matcher duration = DURATION.matcher(text);
		if (!duration.matches()) {
			throw options.invalid(name, "a number with the unit ms, s or m, such as 30s");
		}
		long number = Long.parseLong(duration.group(1));
		return switch (duration.group(2)) {
			case "ms" -> Duration.ofMillis(number);
			case "s" -> Duration.ofSeconds(number);
			default -> Duration.ofMinutes(number);
		};
	}

	/**
	 * What tells a query from the configured one, as a target says it.
	 * @param query any query
	 * @param configured query of the settings
	 * @return such as {@code ?dc=dc2&tag=v1}; empty if nothing does
	 */
	static String text(ConsulQuery query, ConsulQuery configured) {
		List<String> options = new ArrayList<>();
		if (!Objects.equals(query.datacenter(), configured.datacenter())) {
			UrlParameter.add(options, DATACENTER, query.datacenter());
		}
		if (!Objects.equals(query.filter(), configured.filter())) {
			UrlParameter.add(options, FILTER, query.filter());
		}
		if (!Objects.equals(query.near(), configured.near())) {
			UrlParameter.add(options, NEAR, query.near());
		}
		if (query.passingOnly() != configured.passingOnly()) {
			UrlParameter.add(options, PASSING, String.valueOf(query.passingOnly()));
		}
		if (!query.tags().equals(configured.tags())) {
			query.tags().forEach((tag) -> UrlParameter.add(options, TAG, tag));
		}
		if (!query.maxWait().equals(configured.maxWait())) {
			UrlParameter.add(options, WAIT, Durations.text(query.maxWait()));
		}
		return options.isEmpty() ? "" : "?" + String.join("&", options);
	}

}
