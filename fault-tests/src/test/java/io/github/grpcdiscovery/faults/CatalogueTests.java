package io.github.grpcdiscovery.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.faults.Catalogue.Row;

import static org.assertj.core.api.Assertions.assertThat;

class CatalogueTests {

	private static final Pattern PROVES = Pattern.compile("@Proves\\(\\s*(?:value = )?\\{?([^)}]*)");

	private static final Pattern NAME = Pattern.compile("\"([A-Z]+[0-9]+)\"");

	private final Catalogue catalogue = Catalogue.load();

	@Test
	void everyRowHasATestOrAReason() throws IOException {
		Set<String> proved = proved();
		assertThat(this.catalogue.rows()).filteredOn((row) -> row.untested() == null)
			.extracting(Row::name)
			.as("rows without a test that @Proves them, and without a reason why not")
			.isSubsetOf(proved);
	}

	@Test
	void noTestProvesARowThatIsNotThere() throws IOException {
		assertThat(proved()).isSubsetOf(this.catalogue.rows().stream().map(Row::name).toList());
	}

	@Test
	void rowThatIsTestedNeedsNoReason() throws IOException {
		Set<String> proved = proved();
		assertThat(this.catalogue.rows()).filteredOn((row) -> row.untested() != null)
			.extracting(Row::name)
			.doesNotContainAnyElementsOf(proved);
	}

	@Test
	void namesAreThereOnce() {
		assertThat(this.catalogue.rows()).extracting(Row::name).doesNotHaveDuplicates();
	}

	private static Set<String> proved() throws IOException {
		Set<String> proved = new TreeSet<>();
		for (Path file : sources()) {
			Matcher proves = PROVES.matcher(Files.readString(file));
			while (proves.find()) {
				NAME.matcher(proves.group(1)).results().forEach((name) -> proved.add(name.group(1)));
			}
		}
		return proved;
	}

	private static List<Path> sources() throws IOException {
		Path root = Path.of(System.getProperty("project.root"));
		try (Stream<Path> files = Files.walk(root, 20)) {
			return files.filter((file) -> file.toString().endsWith(".java"))
				.filter((file) -> file.toString().contains("/src/test/")
						|| file.toString().contains("/discovery-test/src/main/"))
				.toList();
		}
	}

}
