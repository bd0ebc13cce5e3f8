package io.github.grpcdiscovery.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * The command line client, an independent witness of what is in etcd. Immutable but for
 * the user; thread-safe.
 */
final class Etcdctl {

	static final Map<String, String> ENVIRONMENT = Map.of("ETCDCTL_API", "3");

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	private final List<URI> endpoints;

	private final EtcdTls tls;

	private volatile @Nullable String user;

	Etcdctl(List<URI> endpoints, EtcdTls tls) {
		this.endpoints = List.copyOf(endpoints);
		this.tls = tls;
	}

	/**
	 * Runs all further commands as this user.
	 * @param name the user
	 * @param password the user's password
	 */
	void authenticateAs(String name, String password) {
		this.user = name + ":" + password;
	}

	/**
	 * Runs a command to its end.
	 * @param arguments the command and its arguments
	 * @return standard output
	 * @throws IllegalStateException with etcdctl's own message if it fails
	 */
	String run(String... arguments) {
		return outputOf(tryToRun(null, arguments), arguments);
	}

	/**
	 * Runs a command to its end.
	 * @param input its standard input
	 * @param arguments the command and its arguments
	 * @return standard output
	 * @throws IllegalStateException with etcdctl's own message if it fails
	 */
	String runWithInput(String input, String... arguments) {
		try (TemporaryDirectory directory = TemporaryDirectory.create("etcdctl")) {
			Path file = Files.writeString(directory.resolve("input"), input);
			return outputOf(tryToRun(file, arguments), arguments);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private String outputOf(CommandResult result, String... arguments) {
		if (result.exitCode() != 0) {
			throw new IllegalStateException("etcdctl " + arguments[0] + " on " + this.endpoints + " failed with "
					+ result.exitCode() + ": " + result.standardError().strip());
		}
		return result.standardOutput();
	}

	/**
	 * Runs a command to its end, whatever that is.
	 * @param input file to read as standard input
	 * @param arguments the command and its arguments
	 * @return the result
	 */
	CommandResult tryToRun(@Nullable Path input, String... arguments) {
		return CommandResult.of(command(arguments), ENVIRONMENT, input, Conditions.scaled(TIMEOUT));
	}

	/**
	 * The whole command line.
	 * @param arguments the command and its arguments
	 * @return the program and all of its arguments
	 */
	List<String> command(String... arguments) {
		List<String> command = new ArrayList<>();
		command.add(RegistryBinaries.etcdctl().toString());
		command.add("--endpoints=" + this.endpoints.stream().map(URI::toString).collect(Collectors.joining(",")));
		command.add("--command-timeout=20s");
		// in which it also authenticates; two seconds unless told
		command.add("--dial-timeout=20s");
		command.addAll(this.tls.clientArguments());
		String credentials = this.user;
		if (credentials != null) {
			command.add("--user=" + credentials);
		}
		command.addAll(Arrays.asList(arguments));
		return command;
	}

}
