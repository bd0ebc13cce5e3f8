package io.github.grpcdiscovery.faults;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.faults.Catalogue.Row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ReliabilityReportTests {

	private static final Catalogue CATALOGUE = new Catalogue(
			List.of(new Row("F1", "etcd dies", "nobody notices", null), new Row("F2", "the moon falls", "calm", null)),
			List.of(new Row("I1", "a port of -1", "an error", "there is no such port")));

	@Test
	void rowShowsItsTestsAndWhatTheyMeasured() {
		Proof one = Proof.parse("F1\tEtcdTests\tdies\theld\t120\tback after 1.2 s\tetcd 3.7.3");
		Proof other = Proof.parse("F1\tMoreTests\tdies\theld\t80\t\tConsul 1.14.11, etcd 3.7.3");
		String table = new ReliabilityReport(CATALOGUE, List.of(one, other)).markdown("Two cores.");
		assertThat(table).contains(
				"| F1 | etcd dies | nobody notices | held; back after 1.2 s; on etcd 3.7.3, Consul 1.14.11 | `dies` (EtcdTests, MoreTests) |",
				"| I1 | a port of -1 | an error | not shown: there is no such port |", "Two cores.");
	}

	@Test
	void oneBrokenTestBreaksItsRow() {
		Proof held = Proof.parse("F1\tEtcdTests\tdies\theld\t120\t\t");
		Proof broken = Proof.parse("F1\tEtcdTests\tdiesAgain\tbroken\t80\t\t");
		assertThat(new ReliabilityReport(CATALOGUE, List.of(held, broken)).markdown("")).contains("| **broken** |");
	}

	@Test
	void rowWithoutTestAndReasonIsOpen() {
		Proof proof = Proof.parse("F1\tEtcdTests\tdies\theld\t120\t\t");
		assertThat(new ReliabilityReport(CATALOGUE, List.of(proof)).open()).containsExactly("F2");
	}

	@Test
	void lineThatIsNoProofIsAnError() {
		assertThatIllegalStateException().isThrownBy(() -> Proof.parse("F1\theld")).withMessageContaining("7 fields");
	}

}
