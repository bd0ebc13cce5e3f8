package io.github.grpcdiscovery.testsupport;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.grpcdiscovery.testsupport.reliability.RegistriesInUse;
import io.github.grpcdiscovery.testsupport.reliability.SelectedRegistry;

/**
 * Where the real servers are. Asks {@code tools/registry-binary}, which gets them if they
 * are not there; the first call may therefore take minutes. A server that cannot be had
 * fails the test with a sentence that says what to install.
 * <p>
 * The system properties {@code etcd.version} and {@code consul.version}, or else the
 * environment variables {@code ETCD_VERSION} and {@code CONSUL_VERSION}, choose versions;
 * without them it is the newest of each that {@code tools/registry-binary} knows.
 */
public final class RegistryBinaries {

	private static final String SCRIPT = "tools/registry-binary";

	private static final Duration TIMEOUT = Duration.ofMinutes(35);

	private static final Map<String, Path> FOUND = new ConcurrentHashMap<>();

	private static final Map<Path, Runtime.Version> VERSIONS = new ConcurrentHashMap<>();

	private static final Pattern VERSION = Pattern.compile("^(?:etcd Version: |Consul v)(\\d+\\.\\d+\\.\\d+)");

	private static final Runtime.Version FIRST_STREAMING_CONSUL = Runtime.Version.parse("1.10");

	private RegistryBinaries() {
	}

	/**
	 * The etcd server.
	 * @return absolute path of the executable
	 */
	public static Path etcd() {
		SelectedRegistry.CURRENT.mustBe("etcd");
		Path etcd = find("etcd", chosenVersion("etcd"));
		use("etcd " + version(etcd, "--version"));
		return etcd;
	}

	/**
	 * The version of the etcd server.
	 * @return such as 3.7.3
	 */
	public static Runtime.Version etcdVersion() {
		return version(etcd(), "--version");
	}

	/**
	 * The etcd client.
	 * @return absolute path of the executable
	 */
	public static Path etcdctl() {
		return find("etcdctl", chosenVersion("etcd"));
	}

	/**
	 * The Consul agent.
	 * @return absolute path of the executable
	 */
	public static Path consul() {
		SelectedRegistry.CURRENT.mustBe("consul");
		Path consul = find("consul", chosenVersion("consul"));
		Runtime.Version version = version(consul, "version");
		boolean couldStream = version.compareTo(FIRST_STREAMING_CONSUL) >= 0;
		use("Consul " + version + ((couldStream && !isConsulStreaming()) ? " without streaming" : ""));
		return consul;
	}

	/**
	 * The version of the Consul agent.
	 * @return such as 1.14.11
	 */
	public static Runtime.Version consulVersion() {
		return version(consul(), "version");
	}

	/**
	 * Whether agents answer blocking queries by streaming, as Consul does by default
	 * since 1.10. The system property {@code consul.streaming=false} switches it off.
	 * @return what the agents' configuration says
	 */
	public static boolean isConsulStreaming() {
		return !"false".equals(System.getProperty("consul.streaming"));
	}

	private static void use(String registry) {
		SelectedRegistry.CURRENT.mustBeExactly(registry);
		RegistriesInUse.add(registry);
	}

	private static String chosenVersion(String product) {
		String property = System.getProperty(product + ".version", "");
		String variable = System.getenv(product.toUpperCase(Locale.ROOT) + "_VERSION");
		return !property.isBlank() ? property : Objects.requireNonNullElse(variable, "");
	}

	private static Runtime.Version version(Path binary, String argument) {
		return VERSIONS.computeIfAbsent(binary, (path) -> {
			CommandResult result = CommandResult.of(List.of(path.toString(), argument), Map.of(), null, TIMEOUT);
			Matcher matcher = VERSION.matcher(result.standardOutput());
			if (!matcher.find()) {
				throw new IllegalStateException(path + " does not tell its version");
			}
			// that class knows no zeros at the end
			return Runtime.Version.parse(matcher.group(1).replaceAll("(\\.0)+$", ""));
		});
	}

	/**
	 * The library that, preloaded, gives a process a clock of its own.
	 * @return absolute path of the shared object
	 */
	public static Path libfaketime() {
		return find("libfaketime", "");
	}

	private static Path find(String tool, String version) {
		return FOUND.computeIfAbsent(version.isEmpty() ? tool : tool + "@" + version, RegistryBinaries::ask);
	}

	private static Path ask(String tool) {
		Path script = script(Path.of("").toAbsolutePath());
		CommandResult result = CommandResult.of(List.of(script.toString(), tool), Map.of(), null, TIMEOUT);
		Path binary = Path.of(result.standardOutput().strip());
		if (result.exitCode() != 0 || !Files.isReadable(binary)) {
			throw new IllegalStateException("The tests need a real " + tool + ". " + result.standardError().strip());
		}
		// what is not tested, if it is not the version that the tests are for
		result.standardError().lines().filter((line) -> line.contains("not tested")).forEach(System.err::println);
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
