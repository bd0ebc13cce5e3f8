package io.github.grpcdiscovery.benchmarks.kill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.grpcdiscovery.benchmarks.EchoServer;

/**
 * A client of grpc-go's, in a process of its own: see {@code benchmarks/go-caller}.
 */
final class GoCaller implements Caller {

	private static final Pattern RESULT = Pattern.compile("made (\\d+) failed (\\d+)");

	private final Process process;

	private GoCaller(Process process) {
		this.process = process;
	}

	static GoCaller start(List<String> addresses, int rate, Duration warmUp) {
		Path program = Path.of(System.getProperty("benchmarks.target", "benchmarks/target"), "go-caller");
		if (!Files.isExecutable(program)) {
			throw new IllegalStateException(
					program + " is missing (expected: a Go on this machine, with which benchmarks/run builds it)");
		}
		try {
			Process process = new ProcessBuilder(program.toString(), String.join(",", addresses),
					"/" + EchoServer.METHOD.getFullMethodName(), String.valueOf(rate),
					String.valueOf(warmUp.toSeconds()))
				.redirectError(ProcessBuilder.Redirect.DISCARD)
				.start();
			Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
			return new GoCaller(process);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public Outcome end() {
		try {
			this.process.getOutputStream().close();
			String output = new String(this.process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			Matcher result = RESULT.matcher(output);
			if (!result.find()) {
				throw new IllegalStateException("go-caller printed '%s' (expected: %s)".formatted(output, RESULT));
			}
			return new Outcome(Long.parseLong(result.group(1)), Long.parseLong(result.group(2)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
