package io.github.grpcdiscovery.resolver;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.InstancesListener;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class MergedDiscoveryTests {

	private static final ServiceInstance A = ServiceInstance.of("echo", "10.0.0.1", 1);

	private static final ServiceInstance B = ServiceInstance.of("echo", "10.0.0.2", 1);

	private final FakeDiscovery first = new FakeDiscovery();

	private final FakeDiscovery second = new FakeDiscovery();

	private final List<String> heard = new ArrayList<>();

	@Test
	void registryThatThrowsLeavesNoSubscriptionOfTheOthers() {
		this.second.breakWith("not yet");
		MergedDiscovery merged = new MergedDiscovery(List.of(this.first, this.second));
		assertThatIllegalStateException().isThrownBy(() -> merged.watch("echo", (instances) -> {
		}));
		assertThat(this.first.listeners()).isZero();
	}

	@Test
	void whatAllRegistriesKnowIsHandedOverAtOnceAndComplete() {
		this.first.hold(B);
		this.second.hold(A);
		watch();
		assertThat(this.heard).containsExactly("10.0.0.1:1 10.0.0.2:1");
	}

	@Test
	void anAddressThatTwoRegistriesKnowIsThereOnceWithTheAttributesOfTheFirst() {
		ServiceInstance other = ServiceInstance.builder("echo", "10.0.0.1", 1).id("other").weight(7).build();
		this.first.hold(A);
		this.second.hold(other, B);
		List<ServiceInstance> last = new ArrayList<>();
		merged().watch("echo", last::addAll);
		assertThat(last).containsExactly(A, B);
	}

	@Test
	void oneRegistryMayBeDown() {
		this.first.fail("refused");
		this.second.hold(A);
		watch();
		assertThat(this.heard).containsExactly("10.0.0.1:1");
	}

	@Test
	void anEmptyListIsNotBelievedBeforeAllHaveSpoken() {
		this.first.hold();
		watch();
		assertThat(this.heard).isEmpty();
		this.second.hold(A);
		assertThat(this.heard).containsExactly("10.0.0.1:1");
		this.second.hold();
		assertThat(this.heard).containsExactly("10.0.0.1:1", "");
	}

	@Test
	void allDownIsUnavailableForEveryReason() {
		this.first.fail("refused");
		watch();
		assertThat(this.heard).isEmpty();
		this.second.fail("denied");
		assertThat(this.heard).containsExactly("unavailable: refused; denied");
	}

	@Test
	void anInstanceThatMovesFromOneToTheOtherIsNotHeardOf() {
		this.first.hold(A);
		this.second.hold();
		watch();
		this.second.hold(A);
		this.first.hold();
		assertThat(this.heard).containsExactly("10.0.0.1:1");
	}

	@Test
	void aClosedSubscriptionHearsNothing() {
		this.first.hold(A);
		this.second.hold();
		Subscription subscription = watch();
		subscription.refresh();
		subscription.close();
		this.second.hold(B);
		assertThat(this.heard).containsExactly("10.0.0.1:1");
		assertThat(this.first.refreshes()).isEqualTo(1);
		assertThat(this.first.listeners() + this.second.listeners()).isZero();
	}

	@Test
	void isNamedAfterAllOfThem() {
		assertThat(merged().registry()).isEqualTo("fake,fake");
		assertThat(merged().description()).isEqualTo("fake (memory) and fake (memory)");
	}

	private MergedDiscovery merged() {
		return new MergedDiscovery(List.of(this.first, this.second));
	}

	private Subscription watch() {
		return merged().watch("echo", new InstancesListener() {

			@Override
			public void onInstances(List<ServiceInstance> instances) {
				MergedDiscoveryTests.this.heard.add(
						String.join(" ", instances.stream().map((instance) -> instance.address().toString()).toList()));
			}

			@Override
			public void onUnavailable(RegistryException cause) {
				MergedDiscoveryTests.this.heard.add("unavailable: " + cause.getMessage());
			}

		});
	}

}
