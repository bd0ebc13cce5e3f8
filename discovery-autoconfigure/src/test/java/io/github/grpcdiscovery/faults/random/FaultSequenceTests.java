package io.github.grpcdiscovery.faults.random;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.faults.random.FaultSequence.Step;

import static org.assertj.core.api.Assertions.assertThat;

class FaultSequenceTests {

	private static final Set<Fault> ALL = EnumSet.allOf(Fault.class);

	@Test
	void seedBringsTheSameFaultsBack() {
		assertThat(steps(7, 200)).isEqualTo(steps(7, 200)).isNotEqualTo(steps(8, 200));
	}

	@Test
	void longerRunBeginsLikeTheShorterOne() {
		assertThat(steps(7, 200)).startsWith(steps(7, 20).toArray(Step[]::new));
	}

	@Test
	void everyFaultComesInEveryRound() {
		assertThat(steps(7, ALL.size()).stream()
			.flatMap((step) -> step.turns().stream())
			.map(FaultSequence.Turn::fault)
			.collect(Collectors.toSet())).isEqualTo(ALL);
	}

	@Test
	void twoAtATimeAreOfDifferentKindsAndInOrder() {
		List<Step> steps = steps(7, 200);
		assertThat(steps).anyMatch((step) -> step.turns().size() == 2)
			.allMatch((step) -> step.turns().size() == 1
					|| step.turns().get(0).fault().kind().compareTo(step.turns().get(1).fault().kind()) < 0);
	}

	private static List<Step> steps(long seed, int number) {
		FaultSequence sequence = new FaultSequence(seed, ALL);
		return Stream.generate(sequence::next).limit(number).toList();
	}

}
