package io.github.grpcdiscovery.testsupport.reliability;

import org.junit.jupiter.api.Test;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.EngineDescriptor;
import org.opentest4j.TestAbortedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SelectedRegistryTests {

	@Test
	void testOfTheOtherRegistryIsAborted() {
		SelectedRegistry registry = new SelectedRegistry("etcd-3.5.35", "");
		assertThatCode(() -> registry.mustBe("etcd")).doesNotThrowAnyException();
		assertThatExceptionOfType(TestAbortedException.class).isThrownBy(() -> registry.mustBe("consul"))
			.withMessageContaining("etcd-3.5.35");
	}

	@Test
	void resultsOfAnotherVersionAreNotRecordedAsThoseOfThisOne() {
		SelectedRegistry registry = new SelectedRegistry("consul-1.14.11-without-streaming", "");
		assertThatCode(() -> registry.mustBeExactly("Consul 1.14.11 without streaming")).doesNotThrowAnyException();
		assertThatIllegalStateException().isThrownBy(() -> registry.mustBeExactly("Consul 1.14.11"))
			.withMessageContaining("leave out -Detcd.version");
	}

	@Test
	void runForNoRegistryInParticularUsesBoth() {
		SelectedRegistry registry = new SelectedRegistry("", "consul-1.8.7");
		assertThatCode(() -> registry.mustBe("etcd")).doesNotThrowAnyException();
		assertThatCode(() -> registry.mustBe("consul")).doesNotThrowAnyException();
		assertThat(isIncluded(registry)).isTrue();
	}

	@Test
	void runThatIsNotSelectedHasNoTest() {
		String selected = "consul-1.14.11, etcd-3.5.35";
		assertThat(isIncluded(new SelectedRegistry("etcd-3.5.35", selected))).isTrue();
		assertThat(isIncluded(new SelectedRegistry("consul-1.14.11", selected))).isTrue();
		assertThat(isIncluded(new SelectedRegistry("consul-1.14.11-without-streaming", selected))).isFalse();
		assertThat(isIncluded(new SelectedRegistry("etcd-3.7.3", ""))).isTrue();
	}

	private static boolean isIncluded(SelectedRegistry registry) {
		return registry.apply(new EngineDescriptor(UniqueId.forEngine("jupiter"), "JUnit")).included();
	}

}
