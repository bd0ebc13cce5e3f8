package io.github.grpcdiscovery.autoconfigure.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.springframework.util.FileSystemUtils;

/**
 * The directory of the embedded registry in tests: one a JVM, so that its applications
 * find each other and no other build of the user. It goes with the JVM.
 */
final class TestDirectory {

	private static final Path DIRECTORY = create();

	private TestDirectory() {
	}

	static Path ofThisProcess() {
		return DIRECTORY;
	}

	private static Path create() {
		try {
			Path directory = Files.createTempDirectory("grpc-discovery-test-");
			Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory), "grpc-discovery-test-directory"));
			return directory;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("No directory for the registry 'local' of this test", ex);
		}
	}

	private static void delete(Path directory) {
		try {
			FileSystemUtils.deleteRecursively(directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
