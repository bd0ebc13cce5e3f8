package io.github.grpcdiscovery.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps the pages that people read in plain English, with short lines and links that lead
 * to files. Say "defaults to", "unresponsive", "nobody" instead of the words below.
 */
class DocumentationLanguageTests {

	private static final Path ROOT = Path.of("..");

	private static final int README_LINES = 90;

	private static final int COLUMNS = 120;

	private static final Pattern OLD_WORDS = Pattern.compile("\\b(?:at present|be it|hangs|in company|(?:is|are) none"
			+ "|passe[ds] over|told otherwise|unless told|watching over|whoever)\\b", Pattern.CASE_INSENSITIVE);

	private static final Pattern CODE = Pattern.compile("(?s)^```.*?^```$|`[^`]*`", Pattern.MULTILINE);

	private static final Pattern LINK_TARGET = Pattern.compile("\\]\\(([^)]+)\\)");

	static Stream<Path> pages() throws IOException {
		List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md")));
		try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
			docs.filter((file) -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
		}
		return pages.stream();
	}

	@ParameterizedTest
	@MethodSource("pages")
	void pageHasNoneOfTheOldWords(Path page) throws IOException {
		String text = LINK_TARGET.matcher(CODE.matcher(Files.readString(page)).replaceAll("")).replaceAll("]");
		assertThat(OLD_WORDS.matcher(text.replaceAll("\\s+", " ")).results().map(MatchResult::group)).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("pages")
	void linesWrap(Path page) throws IOException {
		boolean code = false;
		List<String> tooLong = new ArrayList<>();
		for (String line : Files.readAllLines(page)) {
			code ^= line.startsWith("```");
			if (!code && !line.startsWith("|") && !line.startsWith("    ") && line.length() > COLUMNS) {
				tooLong.add(line);
			}
		}
		assertThat(tooLong).as("longer than %d characters, outside tables and code", COLUMNS).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("pages")
	void linksLeadToFiles(Path page) throws IOException {
		assertThat(LINK_TARGET.matcher(CODE.matcher(Files.readString(page)).replaceAll(""))
			.results()
			.map((link) -> link.group(1).replaceFirst("#.*", ""))
			.filter((target) -> !target.isEmpty() && !target.contains("://")))
			.allSatisfy((target) -> assertThat(page.resolveSibling(target)).exists());
	}

	@Test
	void readmeIsShort() throws IOException {
		assertThat(Files.readAllLines(ROOT.resolve("README.md"))).hasSizeLessThanOrEqualTo(README_LINES);
	}

}
