package io.github.grpcdiscovery.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class RegistryReportTests {

	private static final LocalDate TODAY = LocalDate.of(2026, 11, 30);

	@TempDir
	private Path directory;

	@Test
	void rowCountsWhatEachKindCameTo() {
		assertThat(report("", "etcd-3.5.35\tEtcdRegistryContractTests\ta()\tpassed\t1500",
				"etcd-3.5.35\tEtcdRegistryContractTests\tb()\tfailed\t700",
				"etcd-3.5.35\tEtcdServerSecurityTests\tc()\tpassed\t1",
				"etcd-3.5.35\tEtcdServerSecurityTests\td()\tskipped\t1",
				"etcd-3.5.35\tSampleApplicationsIT\te()\tpassed\t1", "etcd-3.5.35\tSecretsIT\tf()\tpassed\t1",
				"etcd-3.5.35\tLostRegistryTests\t[1] g\tpassed\t1"))
			.contains("| etcd 3.5.35 | 1, **1 failed** | 1 | 2, 1 skipped | 1 | 2026-11-30 | 2 |");
	}

	@Test
	void registriesThatDidNotRunKeepTheirRow() {
		String before = report("", "etcd-3.7.3\tXTests\ta()\tpassed\t1", "consul-1.8.7\tXTests\ta()\tpassed\t1",
				"consul-1.14.11-without-streaming\tXTests\ta()\tpassed\t1", "consul-1.14.11\tXTests\ta()\tpassed\t1");
		String after = report(before, "etcd-3.4.23\tXTests\ta()\tskipped\t1", "consul-1.14.11\tXTests\ta()\tfailed\t1");
		assertThat(after.lines().filter((line) -> line.matches("\\| (etcd|Consul).*"))).containsExactly(
				"| etcd 3.4.23 | 0 | 0 | 0 | 0, 1 skipped | 2026-11-30 | 0 |",
				"| etcd 3.7.3 | 0 | 0 | 0 | 1 | 2026-11-30 | 0 |", "| Consul 1.8.7 | 0 | 0 | 0 | 1 | 2026-11-30 | 0 |",
				"| Consul 1.14.11 | 0 | 0 | 0 | 0, **1 failed** | 2026-11-30 | 0 |",
				"| Consul 1.14.11 without streaming | 0 | 0 | 0 | 1 | 2026-11-30 | 0 |");
	}

	@Test
	void sectionIsReplacedAndAllElseStays() throws IOException {
		Path page = Files.writeString(this.directory.resolve("page.md"),
				"# Reliability\n\nText.\n\n## Registries\n\nold\n\n## Faults\n\n| F1 |\n");
		Path runs = Files.createDirectory(this.directory.resolve("runs"));
		Files.writeString(runs.resolve("1.tsv"), "etcd-3.7.3\tXTests\ta()\tpassed\t1\n");
		RegistryReport.main(new String[] { runs.toString(), page.toString() });
		assertThat(page).content()
			.startsWith("# Reliability\n\nText.\n\n## Registries\n\nThe tests on real servers")
			.endsWith("| etcd 3.7.3 | 0 | 0 | 0 | 1 | " + LocalDate.now(ZoneOffset.UTC)
					+ " | 0 |\n\n## Faults\n\n| F1 |\n");
	}

	@Test
	void failedTestFailsTheBuildAndIsNamedWithItsRegistry() throws IOException {
		Path page = this.directory.resolve("page.md");
		Files.writeString(this.directory.resolve("1.tsv"), "consul-1.8.7\tXTests\ta()\tfailed\t1\n");
		assertThatIllegalStateException()
			.isThrownBy(() -> RegistryReport.main(new String[] { this.directory.toString(), page.toString() }))
			.withMessageContaining("XTests.a() on Consul 1.8.7");
		assertThat(page).content().contains("**1 failed**");
	}

	@Test
	void runWithoutAnyTestIsAnError() {
		assertThatIllegalStateException()
			.isThrownBy(() -> RegistryReport.main(new String[] { this.directory.toString(), "page.md" }))
			.withMessageContaining("-Dregistries");
	}

	private static String report(String before, String... lines) {
		RegistryReport report = new RegistryReport(before);
		report.add(Stream.of(lines).map(RegistryRun::parse).toList(), TODAY);
		return report.markdown();
	}

}
