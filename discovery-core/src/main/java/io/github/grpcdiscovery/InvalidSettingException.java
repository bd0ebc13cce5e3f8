package io.github.grpcdiscovery;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.internal.util.Durations;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * A setting breaks its rule. The message is {@code setting: value (expected: rule)}.
 * Holds no secret.
 */
public final class InvalidSettingException extends IllegalArgumentException {

	private final String setting;

	private final transient @Nullable Object value;

	private final String rule;

	private InvalidSettingException(String setting, @Nullable Object value, String shown, String rule) {
		super("%s: %s (expected: %s)".formatted(setting, shown, rule));
		this.setting = setting;
		this.value = value;
		this.rule = rule;
	}

	/**
	 * An error that shows the value.
	 * @param setting name of the setting, such as {@code keep-alive-time}
	 * @param value its value, which is no secret
	 * @param rule what is expected
	 * @return the exception
	 */
	public static InvalidSettingException of(String setting, Object value, String rule) {
		return new InvalidSettingException(Printable.of(setting), value, shown(value), rule);
	}

	/**
	 * An error of a value that is too large to show, or no single value.
	 * @param setting name of the setting
	 * @param description what the value is, such as {@code 65 pairs}
	 * @param rule what is expected
	 * @return the exception
	 */
	public static InvalidSettingException described(String setting, String description, String rule) {
		return new InvalidSettingException(Printable.of(setting), description, Printable.of(description), rule);
	}

	/**
	 * An error of a value that is missing, or is or may hold a secret.
	 * @param setting name of the setting
	 * @param description what is shown in place of the value
	 * @param rule what is expected
	 * @return the exception, which has no value
	 */
	public static InvalidSettingException hidden(String setting, String description, String rule) {
		return new InvalidSettingException(Printable.of(setting), null, description, rule);
	}

	/**
	 * Checks a duration.
	 * @param setting name of the setting
	 * @param value the duration
	 * @param min the least
	 * @param max the most
	 * @return the duration
	 * @throws InvalidSettingException if it is shorter or longer
	 */
	public static Duration requireBetween(String setting, Duration value, Duration min, Duration max) {
		if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
			throw of(setting, value, Durations.withDays(min) + " to " + Durations.withDays(max));
		}
		return value;
	}

	private static String shown(Object value) {
		if (value instanceof Duration duration) {
			return Durations.withDays(duration);
		}
		return (value instanceof Number) ? value.toString() : "'" + Printable.of(value) + "'";
	}

	/**
	 * Name of the setting.
	 * @return in lower case with dashes, such as {@code keep-alive-time}, with an index
	 * where it is one of several, such as {@code endpoints[1]}
	 */
	public String setting() {
		return this.setting;
	}

	/**
	 * The value that breaks the rule.
	 * @return the value, or what describes it; {@code null} if it is missing or may hold
	 * a secret
	 */
	public @Nullable Object value() {
		return this.value;
	}

	/**
	 * What is expected.
	 * @return the rule, as a part of a sentence
	 */
	public String rule() {
		return this.rule;
	}

}
