package io.github.grpcdiscovery;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps the words that people read in code and log files to those of the field: eject,
 * probe, report, retain, retry, unreachable, unresponsive. A name is read by its words,
 * so {@code isSilentFor} has the word "silent".
 */
class CodeLanguageTests {

	private static final Set<String> OLD_WORDS_OF_NAMES = Set.of("absent", "anew", "ask", "asked", "asking", "asks",
			"attentive", "believed", "believes", "doubt", "doubted", "doubtful", "ear", "ears", "hanging", "hangs",
			"holding", "judge", "lend", "listened", "patience", "presence", "question", "questions", "rested",
			"sighting", "silent", "tell", "tells", "told", "whoever", "wish", "wishes", "withdrawn", "witness");

	private static final Set<String> OLD_NAMES = Set.of("bring", "hand", "isOut", "look", "takeOut", "want");

	private static final Pattern OLD_WORDS_OF_TEXTS = Pattern
		.compile("\\b(?:anew|at present|be it|believe[ds]?|doubt(?:ed|s)?|hangs|in company|(?:is|are) none|made again"
				+ "|passe[ds] over|tells?|told|watching over|whoever)\\b", Pattern.CASE_INSENSITIVE);

	private static final Pattern WORD_OF_NAME = Pattern.compile("[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])");

	private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|(?m)^\\s*//.*$");

	private static final Pattern CONCATENATION = Pattern.compile("\"\\s*\\+\\s*\"");

	private static final Pattern TEXT = Pattern.compile("(?s)\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*\"");

	@Test
	void namesHaveTheWordsOfTheField() {
		List<String> found = new ArrayList<>();
		for (JavaClass type : new ClassFileImporter().withImportOption(new ArchitectureTests.OnlyTheProduct())
			.importPackages(ArchitectureTests.ROOT)) {
			Stream.concat(Stream.of(type.getSimpleName()), type.getMembers().stream().map(JavaMember::getName))
				.filter(CodeLanguageTests::isOld)
				.map((name) -> type.getSimpleName() + ": " + name)
				.forEach(found::add);
		}
		assertThat(found).as("names with words that the field does not use").isEmpty();
	}

	private static boolean isOld(String name) {
		return !name.contains("$") && (OLD_NAMES.contains(name) || WORD_OF_NAME.matcher(name)
			.results()
			.map((word) -> word.group().toLowerCase(Locale.ROOT))
			.anyMatch(OLD_WORDS_OF_NAMES::contains));
	}

	@Test
	void logLinesAndMessagesHaveNoneOfTheOldWords() throws IOException {
		List<String> found = new ArrayList<>();
		for (String module : List.of("discovery-core", "discovery-autoconfigure", "discovery-test")) {
			try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
				for (Path file : files.filter(CodeLanguageTests::isRead).toList()) {
					texts(file).filter(OLD_WORDS_OF_TEXTS.asPredicate())
						.map((text) -> file.getFileName() + ": " + text)
						.forEach(found::add);
				}
			}
		}
		assertThat(found).as("texts with words that the field does not use").isEmpty();
	}

	private static boolean isRead(Path file) {
		return file.toString().endsWith(".java");
	}

	private static Stream<String> texts(Path file) throws IOException {
		String code = COMMENT.matcher(Files.readString(file)).replaceAll("");
		return TEXT.matcher(CONCATENATION.matcher(code).replaceAll("")).results().map(MatchResult::group);
	}

	@Test
	void descriptionsOfPropertiesHaveNoneOfTheOldWords() throws IOException {
		try (InputStream metadata = Files
			.newInputStream(Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json"))) {
			JsonNode properties = JsonMapper.shared().readTree(metadata).path("properties");
			assertThat(properties.isEmpty()).isFalse();
			assertThat(properties.valueStream().map((property) -> property.path("description").asString("")))
				.noneMatch(OLD_WORDS_OF_TEXTS.asPredicate());
		}
	}

}
