package io.github.grpcdiscovery.autoconfigure;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;

import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Looks through the settings for what binding lets pass: names that are no property,
 * placeholders that nothing resolved, and durations without a unit.
 */
final class SettingsCheck {

	private static final Logger logger = LoggerFactory.getLogger(SettingsCheck.class);

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of(KnownProperties.PREFIX);

	private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{[^}]*}");

	private static final Pattern NUMBER = Pattern.compile("[+-]?0*[1-9][0-9]*");

	/** A password may look like a placeholder. */
	private static final Pattern SECRET = Pattern.compile(".*(password|token|secret)");

	private final Environment environment;

	// reading it takes time, and many applications set nothing
	private final SingletonSupplier<KnownProperties> known;

	private final List<String> unknown = new ArrayList<>();

	/**
	 * Creates it.
	 * @param environment the settings
	 * @param known asked, once, when there is a setting to look at
	 */
	SettingsCheck(Environment environment, Supplier<KnownProperties> known) {
		this.environment = environment;
		this.known = SingletonSupplier.of(known);
	}

	/**
	 * Checks what is set in the sources that can be listed, and warns once of names that
	 * are no property.
	 * @throws InvalidConfigurationPropertyValueException if a value is no value
	 */
	void run() {
		Set<ConfigurationPropertyName> seen = new HashSet<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				// the first source that has a property decides
				for (ConfigurationPropertyName name : iterable) {
					if (PREFIX.isAncestorOf(name) && seen.add(name)) {
						check(name, source.getConfigurationProperty(name));
					}
				}
			}
		}
		if (!this.unknown.isEmpty()) {
			logger.warn("Ignored unknown properties: {}", String.join("; ", this.unknown));
		}
	}

	private void check(ConfigurationPropertyName name, @Nullable ConfigurationProperty setting) {
		if (setting == null) {
			return;
		}
		KnownProperties known = this.known.obtain();
		String property = known.find(name);
		String value = this.environment.resolvePlaceholders(String.valueOf(setting.getValue()));
		if (property == null) {
			addUnknown(setting, known);
		}
		else if (PLACEHOLDER.matcher(value).find() && !SECRET.matcher(property).matches()) {
			throw new InvalidConfigurationPropertyValueException(property, value,
					"Nothing resolves the placeholder (expected: a value for it, or a default as in ${NAME:default}).");
		}
		else if (known.isDuration(property) && NUMBER.matcher(value.strip()).matches()) {
			throw new InvalidConfigurationPropertyValueException(property, value,
					"The duration has no unit (expected: a number with ns, us, ms, s, m, h or d, such as 500ms or 5s).");
		}
	}

	private void addUnknown(ConfigurationProperty setting, KnownProperties known) {
		String name = setting.getName().toString();
		String origin = (setting.getOrigin() != null) ? " from " + setting.getOrigin() : "";
		this.unknown.add("%s%s (the nearest one is %s)".formatted(Printable.of(name), origin, known.nearest(name)));
	}

}
