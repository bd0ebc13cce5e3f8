package io.github.grpcdiscovery.local;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;

/**
 * Calls of the file system, whose errors name the registry, the file and the fix.
 */
final class FileCalls {

	private final Path root;

	FileCalls(Path root) {
		this.root = root;
	}

	/**
	 * Makes a call.
	 * @param <T> type of its result
	 * @param verb what it does, for the error
	 * @param path to what
	 * @param call the call
	 * @return its result
	 * @throws RegistryException if the file system refuses
	 */
	<T> T io(String verb, Path path, IoCall<T> call) {
		try {
			return call.call();
		}
		catch (IOException ex) {
			throw failure(verb, path, ex);
		}
	}

	/**
	 * Reads a file that may be gone.
	 * @param <T> type of what is read
	 * @param file the file
	 * @param call reads it
	 * @return what was read; {@code null} if the file is gone
	 * @throws RegistryException if the file system refuses
	 */
	<T> @Nullable T ifThere(Path file, IoCall<T> call) {
		try {
			return call.call();
		}
		catch (NoSuchFileException ex) {
			return null;
		}
		catch (IOException ex) {
			throw failure("read", file, ex);
		}
	}

	RegistryException failure(String verb, Path path, IOException cause) {
		if (cause instanceof AccessDeniedException) {
			return new RegistryAccessException(
					"local (%s): no permission to %s %s (expected: a directory that this user may write to)"
						.formatted(this.root, verb, path),
					cause);
		}
		String reason = (cause instanceof NoSuchFileException) ? "it is missing" : cause.toString();
		return new RegistryException("local (%s): cannot %s %s: %s".formatted(this.root, verb, path, reason), cause);
	}

	/**
	 * A call of the file system.
	 *
	 * @param <T> type of its result
	 */
	interface IoCall<T> {

		T call() throws IOException;

	}

}
