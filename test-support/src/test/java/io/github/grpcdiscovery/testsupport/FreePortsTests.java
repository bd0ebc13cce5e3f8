package io.github.grpcdiscovery.testsupport;

import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FreePortsTests {

	@Test
	void neverGivesTheSamePortTwice() {
		assertThat(IntStream.range(0, 100).map((index) -> FreePorts.next()).boxed()).doesNotHaveDuplicates()
			.allSatisfy((port) -> assertThat(port).isBetween(15_000, 32_000));
	}

}
