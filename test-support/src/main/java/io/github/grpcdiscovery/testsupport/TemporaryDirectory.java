package io.github.grpcdiscovery.testsupport;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A directory of its own for one server, deleted on close and, failing that, at the end
 * of the JVM.
 */
final class TemporaryDirectory implements AutoCloseable {

	private final Path path;

	private final Runnable cleanup = this::delete;

	private TemporaryDirectory(Path path) {
		this.path = path;
		Cleanup.add(this.cleanup);
	}

	/**
	 * Creates an empty directory.
	 * @param name beginning of its name
	 * @return the directory
	 */
	static TemporaryDirectory create(String name) {
		try {
			return new TemporaryDirectory(Files.createTempDirectory(name + "-"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Path path() {
		return this.path;
	}

	Path resolve(String name) {
		return this.path.resolve(name);
	}

	@Override
	public void close() {
		Cleanup.remove(this.cleanup);
		delete();
	}

	private void delete() {
		delete(this.path);
	}

	/**
	 * Deletes the file or the whole tree, as far as that is possible.
	 * @param root need not exist
	 */
	static void delete(Path root) {
		if (!Files.exists(root)) {
			return;
		}
		try (Stream<Path> files = Files.walk(root)) {
			files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
		}
		catch (IOException | UncheckedIOException ex) {
			// A file vanished meanwhile, or belongs to a process that is just ending;
			// what remains is in a temporary
			// directory.
		}
	}

}
