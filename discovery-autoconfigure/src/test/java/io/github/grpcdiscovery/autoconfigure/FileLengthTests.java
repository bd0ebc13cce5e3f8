package io.github.grpcdiscovery.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A file has one responsibility, so it is short. A longer one is split by what it does,
 * not where the line count happens to fall.
 */
class FileLengthTests {

	private static final Path ROOT = Path.of("..");

	private static final int PRODUCT = 250;

	private static final int TESTS = 400;

	/** The code of these is for tests, also where it is published. */
	private static final Set<String> TEST_MODULES = Set.of("discovery-test", "test-support", "fault-tests",
			"benchmarks");

	@Test
	void filesOfTheProductAreShortButForThoseThatListProperties() throws IOException {
		assertThat(files().filter(FileLengthTests::isOfTheProduct)
			.filter((file) -> !file.toString().endsWith("Properties.java"))
			.filter(isLongerThan(PRODUCT))).isEmpty();
	}

	@Test
	void filesOfTestsAreShort() throws IOException {
		assertThat(files().filter((file) -> !isOfTheProduct(file)).filter(isLongerThan(TESTS))).isEmpty();
	}

	private static boolean isOfTheProduct(Path file) {
		Path path = ROOT.relativize(file);
		return !TEST_MODULES.contains(path.getName(0).toString()) && path.getName(2).toString().equals("main");
	}

	private static Predicate<Path> isLongerThan(int lines) {
		return (file) -> {
			try {
				return Files.readAllLines(file).size() > lines;
			}
			catch (IOException ex) {
				throw new IllegalStateException(file.toString(), ex);
			}
		};
	}

	private static Stream<Path> files() throws IOException {
		try (Stream<Path> modules = Files.list(ROOT)) {
			List<Path> sources = modules.map((module) -> module.resolve("src")).filter(Files::isDirectory).toList();
			return sources.stream().flatMap(FileLengthTests::javaFiles);
		}
	}

	private static Stream<Path> javaFiles(Path folder) {
		try (Stream<Path> all = Files.walk(folder)) {
			return all.filter((file) -> file.toString().endsWith(".java")).sorted().toList().stream();
		}
		catch (IOException ex) {
			throw new IllegalStateException(folder.toString(), ex);
		}
	}

}
