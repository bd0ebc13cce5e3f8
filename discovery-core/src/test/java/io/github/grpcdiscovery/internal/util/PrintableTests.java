package io.github.grpcdiscovery.internal.util;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PrintableTests {

	@Test
	void leavesPlainTextAlone() {
		assertThat(Printable.of("tag-service größe 日本")).isEqualTo("tag-service größe 日本");
	}

	@Test
	void cannotForgeALineOrTurnTheTextAround() {
		assertThat(Printable.of("\r\nERROR fake\u202e\u2028\u001b[31m"))
			.isEqualTo("\\u000D\\u000AERROR fake\\u202E\\u2028\\u001B[31m");
	}

	@Test
	void isBounded() {
		assertThat(Printable.of("x".repeat(1_000_000))).isEqualTo("x".repeat(200) + "…");
	}

	@Test
	void showsNull() {
		assertThat(Printable.of(null)).isEqualTo("null");
	}

}
