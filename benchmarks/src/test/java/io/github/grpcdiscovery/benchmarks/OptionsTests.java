package io.github.grpcdiscovery.benchmarks;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link Options}.
 */
class OptionsTests {

	private static final List<String> KNOWN = List.of("join", "balancing");

	@Test
	void detailsAreReadByTheirNames() {
		Options options = parse("--results", "target", "--quick", "balancing", "--only=frozen,slow",
				"--policy=round_robin");
		assertThat(options.quick()).isTrue();
		assertThat(options.kinds()).containsExactly("balancing");
		assertThat(options.details())
			.containsExactlyInAnyOrderEntriesOf(Map.of("only", "frozen,slow", "policy", "round_robin"));
	}

	@Test
	void withoutNamesThoseByDefaultAreMeant() {
		assertThat(parse("--results", "target").kinds()).containsExactly("join");
	}

	@Test
	void anUnknownDetailIsNamed() {
		assertThatIllegalArgumentException().isThrownBy(() -> parse("--results", "target", "--colour=red"))
			.withMessageContaining("'--colour=red' (expected: ");
	}

	private static Options parse(String... args) {
		return Options.parse(args, KNOWN, List.of("join"));
	}

}
