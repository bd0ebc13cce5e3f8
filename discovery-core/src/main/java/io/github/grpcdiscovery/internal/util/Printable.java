package io.github.grpcdiscovery.internal.util;

import org.jspecify.annotations.Nullable;

/**
 * Makes text that came from outside safe to log or to put into a message: one line, no
 * control or bidirectional characters, bounded length.
 */
public final class Printable {

	private static final int MAX = 200;

	private Printable() {
	}

	/**
	 * The printable form of a value.
	 * @param value any value from a registry, a server or a user
	 * @return at most 200 characters and an ellipsis, with everything that could break or
	 * forge a line of a log escaped as {@code \}{@code uXXXX}
	 */
	public static String of(@Nullable Object value) {
		String text = String.valueOf(value);
		StringBuilder printable = new StringBuilder(Math.min(text.length(), MAX) + 16);
		for (int i = 0; i < text.length() && i < MAX; i++) {
			char c = text.charAt(i);
			if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT || c == '\u2028'
					|| c == '\u2029') {
				printable.append("\\u%04X".formatted((int) c));
			}
			else {
				printable.append(c);
			}
		}
		return (text.length() > MAX) ? printable.append('…').toString() : printable.toString();
	}

}
