package io.github.grpcdiscovery.consul;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.InvalidSettingException;

/**
 * The ACL token of the moment: that of the settings, or that of a file, which is read
 * again when it has changed. Any thread.
 */
final class ConsulToken {

	// what a header may hold without being able to end it
	private static final Pattern TOKEN = Pattern.compile("[!-~]{1,4096}");

	private static final int MAX_BYTES = 8 * 1024;

	private static final Logger logger = LoggerFactory.getLogger(ConsulToken.class);

	private final @Nullable Path file;

	private volatile Known known;

	ConsulToken(ConsulSettings settings) {
		this.file = settings.tokenFile();
		this.known = new Known(settings.token(), null, null);
	}

	/**
	 * The token to send.
	 * @return {@code null} for none. While the file cannot be read, the last one
	 */
	@Nullable String current() {
		Path file = this.file;
		if (file == null) {
			return this.known.token();
		}
		Known known = this.known;
		try {
			// by way of links, as Kubernetes replaces files
			BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
			String version = attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
			if (!version.equals(known.version())) {
				this.known = new Known(read(file), version, null);
			}
		}
		catch (IOException | IllegalArgumentException ex) {
			String reason = ConsulErrors.describe(ex);
			if (!reason.equals(known.reason())) {
				this.known = new Known(known.token(), null, reason);
				logger.warn("The file of the Consul token cannot be read, using the token that it held before: {}",
						reason);
			}
		}
		return this.known.token();
	}

	static @Nullable String require(@Nullable String token) {
		if (token != null && !TOKEN.matcher(token).matches()) {
			throw InvalidSettingException.hidden("token", "<hidden>",
					"visible ASCII characters without spaces; no token at all to use none");
		}
		return token;
	}

	/**
	 * Reads a file that holds a token.
	 * @return the token
	 * @throws InvalidSettingException naming the file and the rule, and never what it
	 * holds
	 */
	static String read(Path file) {
		try {
			if (Files.size(file) > MAX_BYTES) {
				throw invalid(file);
			}
			String token = new String(Files.readAllBytes(file), StandardCharsets.US_ASCII).strip();
			if (!TOKEN.matcher(token).matches()) {
				throw invalid(file);
			}
			return token;
		}
		catch (IOException ex) {
			InvalidSettingException invalid = invalid(file);
			invalid.initCause(ex);
			throw invalid;
		}
	}

	private static InvalidSettingException invalid(Path file) {
		return InvalidSettingException.of("token-file", file, "a readable file that holds the token and nothing else");
	}

	/**
	 * What was read last.
	 *
	 * @param token the token
	 * @param version tells a file from what it was before
	 * @param reason why it could not be read again, as it was told
	 */
	private record Known(@Nullable String token, @Nullable String version, @Nullable String reason) {

		@Override
		public String toString() {
			return "<hidden>";
		}

	}

}
