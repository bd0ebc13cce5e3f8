package io.github.grpcdiscovery.testsupport.reliability;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link RegistryRunRecorderTests} to run; no test of this project. */
final class RegistryUsers {

	static final SelectedRegistry ETCD = new SelectedRegistry("etcd-3.5.35", "");

	private RegistryUsers() {
	}

	static class Sample {

		@ParameterizedTest
		@ValueSource(strings = { "etcd", "consul" })
		void uses(String registry) {
			ETCD.mustBe(registry);
			RegistriesInUse.add("etcd 3.5.35");
		}

		@Test
		void usesAndIsSkipped() {
			RegistriesInUse.add("etcd 3.5.35");
			Assumptions.abort("not on this one");
		}

		@Test
		void fails() {
			assertThat(1).isEqualTo(2);
		}

	}

	static class Unit {

		@Test
		void needsNoRegistry() {
		}

	}

	static class Shared {

		@BeforeAll
		static void start() {
			RegistriesInUse.add("etcd 3.5.35");
		}

		@Test
		void passes() {
		}

	}

	static class OfTheOtherRegistry {

		@BeforeAll
		static void start() {
			ETCD.mustBe("consul");
		}

		@AfterAll
		static void stop() {
			throw new NullPointerException("what was never started");
		}

		@Test
		void passes() {
		}

	}

}
