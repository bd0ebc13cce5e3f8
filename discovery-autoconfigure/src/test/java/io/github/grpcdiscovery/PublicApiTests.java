package io.github.grpcdiscovery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page that lists the public API says what the code does.
 */
class PublicApiTests {

	private static final String ROOT = ArchitectureTests.ROOT + ".";

	private static final Path PAGE = Path.of("..", "docs", "api.md");

	private static final Pattern ROW = Pattern.compile("(?m)^\\| `([\\w.]+)` \\| (\\S[^|]+) \\|$");

	private static final Set<String> NOT_LISTED_WHOLE = Set.of("internal", "autoconfigure", "spring");

	@Test
	void everyPublicTypeOfTheCoreAndOfItsContractIsOnThePageWithAReason() throws IOException {
		assertThat(listed(this::isListedWhole)).isEqualTo(publicTypes(this::isListedWhole));
	}

	@Test
	void whatThePageSaysOfSpringIsPublic() throws IOException {
		Predicate<String> spring = (name) -> name.startsWith("spring.") || name.startsWith("autoconfigure.");
		assertThat(publicTypes(spring)).containsAll(listed(spring)).contains("spring.GrpcClient");
	}

	private boolean isListedWhole(String name) {
		int end = name.indexOf('.');
		return end < 0 || !NOT_LISTED_WHOLE.contains(name.substring(0, end));
	}

	private static Set<String> listed(Predicate<String> part) throws IOException {
		return ROW.matcher(Files.readString(PAGE))
			.results()
			.map((MatchResult row) -> row.group(1))
			.filter(part)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static Set<String> publicTypes(Predicate<String> part) {
		return new ClassFileImporter().withImportOption(new ArchitectureTests.OnlyTheProduct())
			.importPackages(ArchitectureTests.ROOT)
			.stream()
			.filter((type) -> type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
			.map(JavaClass::getName)
			.filter((name) -> name.startsWith(ROOT))
			.map((name) -> name.substring(ROOT.length()))
			.filter(part)
			.collect(Collectors.toCollection(TreeSet::new));
	}

}
