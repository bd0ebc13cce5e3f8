package io.github.grpcdiscovery.internal.loadbalancing;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class ZoneSharesTests {

	@ParameterizedTest
	@CsvSource({ "100, 1", "72, 1", "58, 1", "54, 0.883", "10, 0.182", "1, 0.0198" })
	void ownZoneGetsAllWhileItHasMostOfWhatItNeedsAndWhatItHasOtherwise(double inUse, double local) {
		Map<String, Double> parts = ZoneShares.of("a", Map.of("a", inUse, "b", 100.0), Map.of("a", 100.0, "b", 100.0));
		assertThat(parts.get("a")).isCloseTo(local, within(0.001));
		assertThat(parts.values().stream().mapToDouble(Double::doubleValue).sum()).isCloseTo(1, within(1e-9));
	}

	@Test
	void zonesOfTwoToOneLoadNoServerMoreThanTheOthers() {
		Map<String, Double> servers = Map.of("a", 200.0, "b", 100.0);
		double ofA = ZoneShares.of("a", servers, servers).get("a");
		Map<String, Double> fromB = ZoneShares.of("b", servers, servers);
		double server = (ofA / 2 + fromB.get("a") / 2) / 2;
		assertThat(server).as("each of the two").isCloseTo(1 / 3.0, within(0.01));
		assertThat(fromB.get("b") / 2).as("the one").isCloseTo(1 / 3.0, within(0.01));
	}

	@Test
	void whatTheOwnZoneLacksGoesWhereThereIsRoom() {
		Map<String, Double> parts = ZoneShares.of("a", Map.of("b", 100.0, "c", 50.0, "d", 10.0),
				Map.of("a", 60.0, "b", 100.0, "c", 50.0, "d", 10.0));
		assertThat(parts.get("a")).isZero();
		assertThat(parts.get("b")).isCloseTo(60.0 / 70, within(0.001));
		assertThat(parts.get("c")).isCloseTo(10.0 / 70, within(0.001));
		assertThat(parts).doesNotContainKey("d");
	}

	@Test
	void zonesDoNotCountWhereTheyAreUnknownOrOnlyOneOrTooFewServersAreInUse() {
		Map<String, Double> both = Map.of("a", 100.0, "b", 100.0);
		assertThat(ZoneShares.of(null, both, both)).isEmpty();
		assertThat(ZoneShares.of("c", both, both)).as("no server in the client's zone").isEmpty();
		assertThat(ZoneShares.of("a", Map.of("a", 1.0), Map.of("a", 1.0))).isEmpty();
		assertThat(ZoneShares.of("a", Map.of("a", 50.0, "b", 50.0), both)).as("panic").isEmpty();
	}

}
