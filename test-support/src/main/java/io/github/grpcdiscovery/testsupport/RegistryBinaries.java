package io.github.grpcdiscovery.testsupport;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the real servers are. Asks {@code tools/registry-binary}, which fetches them if
 * they are not installed; the first call may therefore take a minute. A server that
 * cannot be had fails the test with a sentence that says what to install.
 */
public final class RegistryBinaries {

	private static final String SCRIPT = "tools/registry-binary";

	private static final Duration TIMEOUT = Duration.ofMinutes(12);

	private static final Map<String, Path> FOUND = new ConcurrentHashMap<>();

	private static final Map<Path, Runtime.Version> VERSIONS = new ConcurrentHashMap<>();

	private static final Pattern CONSUL_VERSION = Pattern.compile("^Consul v(\\d+\\.\\d+\\.\\d+)");

	private RegistryBinaries() {
	}

	/**
	 * The etcd server.
	 * @return absolute path of the executable
	 */
	public static Path etcd() {
		return find("etcd");
	}

	/**
	 * The etcd client.
	 * @return absolute path of the executable
	 */
	public static Path etcdctl() {
		return find("etcdctl");
	}

	/**
	 * The Consul agent.
	 * @return absolute path of the executable
	 */
	public static Path consul() {
		return find("consul");
	}

	/**
	 * The version of the Consul agent.
	 * @return such as 1.14.11
	 */
	public static Runtime.Version consulVersion() {
		return consulVersion(consul());
	}

	private static Runtime.Version consulVersion(Path consul) {
		return VERSIONS.computeIfAbsent(consul, (binary) -> {
			CommandResult result = CommandResult.of(List.of(binary.toString(), "version"), Map.of(), null, TIMEOUT);
			Matcher matcher = CONSUL_VERSION.matcher(result.standardOutput());
			if (!matcher.find()) {
				throw new IllegalStateException(binary + " does not tell its version");
			}
			return Runtime.Version.parse(matcher.group(1));
		});
	}

	/**
	 * The library that, preloaded, gives a process a clock of its own.
	 * @return absolute path of the shared object
	 */
	public static Path libfaketime() {
		return find("libfaketime");
	}

	private static Path find(String tool) {
		return FOUND.computeIfAbsent(tool, RegistryBinaries::ask);
	}

	private static Path ask(String tool) {
		Path script = script(Path.of("").toAbsolutePath());
		CommandResult result = CommandResult.of(List.of(script.toString(), tool), Map.of(), null, TIMEOUT);
		Path binary = Path.of(result.standardOutput().strip());
		if (result.exitCode() != 0 || !Files.isReadable(binary)) {
			throw new IllegalStateException("The tests need a real " + tool + ". " + result.standardError().strip());
		}
		return binary;
	}

	/**
	 * Finds the script in the directory or in one above it.
	 * @param start an absolute path
	 * @return the script
	 */
	static Path script(Path start) {
		for (Path directory = start; directory != null; directory = directory.getParent()) {
			Path script = directory.resolve(SCRIPT);
			if (Files.isExecutable(script)) {
				return script;
			}
		}
		throw new IllegalStateException(
				"No executable " + SCRIPT + " in " + start + " or above it; run the tests inside the repository");
	}

}
