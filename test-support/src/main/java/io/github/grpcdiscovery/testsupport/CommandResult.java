package io.github.grpcdiscovery.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * What a short-lived command left behind.
 *
 * @param exitCode zero for success
 * @param standardOutput all that it printed
 * @param standardError all that it complained about
 */
record CommandResult(int exitCode, String standardOutput, String standardError) {

	/**
	 * Runs a command to its end.
	 * @param command the program and its arguments
	 * @param environment added to our own
	 * @param input file to read as standard input, or {@code null} for none
	 * @param timeout the command is killed after it
	 * @return its result, whatever the exit code is
	 * @throws IllegalStateException when it cannot be run or does not end in time
	 */
	static CommandResult of(List<String> command, Map<String, String> environment, @Nullable Path input,
			Duration timeout) {
		try (TemporaryDirectory directory = TemporaryDirectory.create("command")) {
			Path out = directory.resolve("out");
			Path err = directory.resolve("err");
			ProcessBuilder builder = Processes.builder(command, environment);
			builder.redirectOutput(out.toFile()).redirectError(err.toFile());
			builder.redirectInput((input != null) ? ProcessBuilder.Redirect.from(input.toFile())
					: ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
			int exitCode = waitFor(Processes.spawn(builder), command, timeout);
			return new CommandResult(exitCode, Files.readString(out), Files.readString(err));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static int waitFor(Process process, List<String> command, Duration timeout) {
		try {
			if (process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
				return process.exitValue();
			}
			throw new IllegalStateException(command + " did not end within " + timeout);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while running " + command, ex);
		}
		finally {
			process.destroyForcibly();
		}
	}

}
