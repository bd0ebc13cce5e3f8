package io.github.grpcdiscovery.internal.util;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Short names of texts that no two texts share.
 */
public final class Hash {

	/** Bytes of a whole hash. */
	public static final int LENGTH = 32;

	private Hash() {
	}

	/**
	 * The beginning of a text's SHA-256.
	 * @param text any text
	 * @param bytes how many bytes of the hash, at most {@value #LENGTH}
	 * @return two hexadecimal digits a byte, in lower case
	 */
	public static String of(String text, int bytes) {
		try {
			byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
			return HexFormat.of().formatHex(hash, 0, bytes);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
