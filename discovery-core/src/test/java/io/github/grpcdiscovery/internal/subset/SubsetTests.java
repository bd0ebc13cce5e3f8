package io.github.grpcdiscovery.internal.subset;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link Subset}.
 */
class SubsetTests {

	private static final int SIZE = 20;

	private final Subset subset = new Subset(new SubsetClient("client", "orders", 7), SIZE);

	private final Subset withoutSlot = new Subset(SubsetClient.unregistered("client"), SIZE);

	@Test
	void aServiceOfTwiceTheSizeIsTakenWhole() {
		assertThat(this.subset.select(slotted(2 * SIZE), Set.of())).isEqualTo(slotted(2 * SIZE));
		assertThat(this.subset.select(slotted(2 * SIZE + 1), Set.of())).hasSize(SIZE);
		assertThat(this.subset.select(List.of(), Set.of())).isEmpty();
	}

	@Test
	void thoseChosenAreInTheOrderGiven() {
		List<SubsetMember> members = slotted(300);
		assertThat(this.subset.select(members, Set.of())).isSubsetOf(members)
			.isSortedAccordingTo((a, b) -> Integer.compare(members.indexOf(a), members.indexOf(b)));
	}

	@Test
	void drainedInstancesAreLeftOutWhileThereAreOthers() {
		List<SubsetMember> drained = IntStream.range(0, 100).mapToObj((i) -> new SubsetMember("d" + i, 0, i)).toList();
		List<SubsetMember> all = new ArrayList<>(drained);
		all.addAll(IntStream.range(100, 102).mapToObj((i) -> new SubsetMember("w" + i, 1, i)).toList());
		assertThat(this.subset.select(all, Set.of())).extracting(SubsetMember::id).containsExactly("w100", "w101");
		assertThat(this.subset.select(drained, Set.of())).hasSize(SIZE);
	}

	@Test
	void anInstanceThatFailsIsReplacedByOneAndStaysUntilItRecovers() {
		for (Subset each : List.of(this.subset, this.withoutSlot)) {
			List<SubsetMember> members = slotted(300);
			List<SubsetMember> before = each.select(members, Set.of());
			Set<String> failed = before.stream().limit(3).map(SubsetMember::id).collect(Collectors.toSet());
			List<SubsetMember> during = each.select(members, failed);
			assertThat(during).hasSize(SIZE + 3).containsAll(before);
			assertThat(each.select(members, Set.of())).isEqualTo(before);
		}
	}

	@Test
	void theInstanceInItsPlaceIsReplacedAsWell() {
		List<SubsetMember> members = slotted(300);
		Set<String> failed = new HashSet<>();
		for (int i = 0; i < SIZE; i++) {
			List<SubsetMember> chosen = this.subset.select(members, failed);
			assertThat(chosen.stream().filter((member) -> !failed.contains(member.id()))).hasSize(SIZE);
			failed
				.add(chosen.stream().filter((member) -> !failed.contains(member.id())).findFirst().orElseThrow().id());
		}
	}

	@Test
	void whereAllFailTwiceTheSizeIsTheMost() {
		List<SubsetMember> members = slotted(300);
		Set<String> failed = members.stream().map(SubsetMember::id).collect(Collectors.toSet());
		assertThat(this.subset.select(members, failed)).hasSize(2 * SIZE);
		assertThat(this.withoutSlot.select(members, failed)).hasSize(2 * SIZE);
	}

	@Test
	void instancesWithAndWithoutSlotsGetTheirPartsOfAllConnections() {
		List<SubsetMember> members = new ArrayList<>(slotted(270));
		IntStream.range(0, 30).forEach((i) -> members.add(new SubsetMember("foreign-" + i, 100, null)));
		long ofForeign = 0;
		for (int i = 0; i < 300; i++) {
			List<SubsetMember> chosen = new Subset(new SubsetClient("client-" + i, "orders", i), SIZE).select(members,
					Set.of());
			assertThat(chosen).hasSize(SIZE).doesNotHaveDuplicates();
			ofForeign += chosen.stream().filter((member) -> member.slot() == null).count();
		}
		assertThat(ofForeign / (300.0 * SIZE)).isBetween(0.09, 0.11);
	}

	@Test
	void aSlotThatCannotBeOrThatAnotherHasIsNone() {
		List<SubsetMember> members = new ArrayList<>(slotted(100));
		members.add(new SubsetMember("twin", 100, 5));
		members.add(new SubsetMember("negative", 100, -1));
		members.add(new SubsetMember("huge", 100, Integer.MAX_VALUE));
		List<SubsetMember> withNone = new ArrayList<>(slotted(100));
		List.of("twin", "negative", "huge").forEach((id) -> withNone.add(new SubsetMember(id, 100, null)));
		assertThat(ids(this.subset.select(members, Set.of()))).isEqualTo(ids(this.subset.select(withNone, Set.of())));
	}

	@Test
	void aServiceThatHasShrunkToATenthIsStillShared() {
		List<SubsetMember> left = slotted(3000).stream().filter((member) -> member.slot() % 10 == 3).toList();
		assertThat(this.subset.select(left, Set.of())).hasSize(SIZE);
	}

	@Test
	void aClientWithASlotThatCannotBeChoosesAsOneWithout() {
		Subset negative = new Subset(new SubsetClient("client", "orders", -1), SIZE);
		assertThat(negative.select(slotted(300), Set.of())).isEqualTo(this.withoutSlot.select(slotted(300), Set.of()));
	}

	@Test
	void aSizeOfNoneIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new Subset(SubsetClient.unregistered("client"), 0))
			.withMessage("size: 0 (expected: >= 1)");
	}

	private static List<String> ids(List<SubsetMember> members) {
		return members.stream().map(SubsetMember::id).toList();
	}

	private static List<SubsetMember> slotted(int count) {
		return IntStream.range(0, count).mapToObj((i) -> new SubsetMember("10.0.0." + i + ":9090", 100, i)).toList();
	}

}
