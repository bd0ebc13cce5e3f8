package io.github.grpcdiscovery.autoconfigure;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import io.github.grpcdiscovery.InvalidSettingException;

/**
 * Names the property behind a setting that breaks its rule. A setting has the name of its
 * property, below a prefix, unless it is said otherwise.
 */
public final class SettingErrors {

	private final String prefix;

	private final Map<String, String> names = new HashMap<>();

	private final Map<String, String> actions = new HashMap<>();

	private SettingErrors(String prefix) {
		this.prefix = prefix;
	}

	/**
	 * Begins with the names of the settings.
	 * @param prefix beginning of each property, with the last dot
	 * @return takes what is different
	 */
	public static SettingErrors below(String prefix) {
		return new SettingErrors(prefix);
	}

	/**
	 * Names the property of one setting.
	 * @param setting name of the setting, without an index
	 * @param property name of the property, below the prefix
	 * @return this
	 */
	public SettingErrors named(String setting, String property) {
		this.names.put(setting, property);
		return this;
	}

	/**
	 * Hides the values of one setting, which are or may hold secrets.
	 * @param setting name of the setting, without an index
	 * @param action what to do about an error
	 * @return this
	 */
	public SettingErrors secret(String setting, String action) {
		this.actions.put(setting, action);
		return this;
	}

	/**
	 * Makes settings.
	 * @param <T> the settings' type
	 * @param settings throws {@link InvalidSettingException} if one breaks its rule
	 * @return the settings
	 * @throws InvalidConfigurationPropertyValueException naming the property and its
	 * value
	 * @throws DiscoveryConfigurationException naming the property, if its value is not to
	 * be shown
	 */
	public <T> T check(Supplier<T> settings) {
		try {
			return settings.get();
		}
		catch (InvalidSettingException ex) {
			String setting = withoutIndex(ex.setting());
			String property = this.prefix + this.names.getOrDefault(setting, setting);
			String action = this.actions.get(setting);
			if (action == null && ex.value() != null) {
				throw new InvalidConfigurationPropertyValueException(property, ex.value(), ex.getMessage(), ex);
			}
			String index = ex.setting().substring(setting.length());
			String rest = String.valueOf(ex.getMessage()).substring(ex.setting().length());
			throw new DiscoveryConfigurationException(property + index + rest,
					(action != null) ? action : "Set %s to a value that follows the rule.".formatted(property),
					property, ex);
		}
	}

	private static String withoutIndex(String setting) {
		int index = setting.indexOf('[');
		return (index >= 0) ? setting.substring(0, index) : setting;
	}

}
