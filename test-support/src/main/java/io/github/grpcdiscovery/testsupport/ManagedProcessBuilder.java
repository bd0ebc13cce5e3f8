package io.github.grpcdiscovery.testsupport;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Describes a {@link ManagedProcess}.
 */
public final class ManagedProcessBuilder {

	private final String name;

	private final List<String> command;

	private final Map<String, String> environment = new LinkedHashMap<>();

	private @Nullable Path directory;

	private @Nullable Path log;

	ManagedProcessBuilder(String name, List<String> command) {
		this.name = name;
		this.command = List.copyOf(command);
	}

	/**
	 * Adds a variable to the environment, which is otherwise ours.
	 * @param variable its name
	 * @param value its value
	 * @return this
	 */
	public ManagedProcessBuilder environment(String variable, String value) {
		this.environment.put(variable, value);
		return this;
	}

	/**
	 * Sets the working directory; ours, unless told.
	 * @param directory an existing directory
	 * @return this
	 */
	public ManagedProcessBuilder directory(Path directory) {
		this.directory = directory;
		return this;
	}

	/**
	 * Sets the file that the output is appended to; a temporary one, unless told.
	 * @param log path of the file
	 * @return this
	 */
	public ManagedProcessBuilder log(Path log) {
		this.log = log;
		return this;
	}

	/**
	 * Starts the process.
	 * @return the running process
	 */
	public ManagedProcess start() {
		if (this.log != null) {
			return start(this.log, () -> {
			});
		}
		TemporaryDirectory own = TemporaryDirectory.create(this.name);
		return start(own.resolve("output.log"), own::close);
	}

	private ManagedProcess start(Path output, Runnable onClose) {
		ProcessBuilder builder = Processes.builder(this.command, this.environment);
		builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
		builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
		if (this.directory != null) {
			builder.directory(this.directory.toFile());
		}
		long offset = Files.exists(output) ? output.toFile().length() : 0;
		return new ManagedProcess(this.name, Processes.spawn(builder), output, offset, onClose);
	}

}
