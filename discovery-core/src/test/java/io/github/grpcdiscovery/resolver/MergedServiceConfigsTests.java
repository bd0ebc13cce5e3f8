package io.github.grpcdiscovery.resolver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceConfigListener;
import io.github.grpcdiscovery.ServiceConfigs;
import io.github.grpcdiscovery.Subscription;

import static org.assertj.core.api.Assertions.assertThat;

/** Of several registries, the first that has a service config counts. */
class MergedServiceConfigsTests {

	private final FakeServiceConfigs first = new FakeServiceConfigs();

	private final FakeServiceConfigs second = new FakeServiceConfigs();

	private final List<String> heard = new ArrayList<>();

	@Test
	void firstRegistryThatHasOneCounts() {
		watch();
		this.second.hold(Map.of("b", 1.0));
		assertThat(this.heard).as("the first one has not answered").isEmpty();
		this.first.hold(null);
		this.first.hold(Map.of("a", 1.0));
		this.second.hold(Map.of("b", 2.0));
		this.first.hold(null);
		assertThat(this.heard).containsExactly("{b=1.0}", "{a=1.0}", "{b=2.0}");
	}

	@Test
	void whatIsKnownIsHandedOverAtOnce() {
		this.first.hold(null);
		this.second.hold(null);
		watch();
		assertThat(this.heard).containsExactly("null");
	}

	@Test
	void oneRegistryMayBeDown() {
		watch();
		this.first.fail("down");
		assertThat(this.heard).isEmpty();
		this.second.hold(Map.of("b", 1.0));
		assertThat(this.heard).containsExactly("{b=1.0}");
	}

	@Test
	void thatNoneCanBeReadIsSaid() {
		watch();
		this.first.fail("down");
		this.second.fail("away");
		assertThat(this.heard).containsExactly("unavailable: away");
	}

	@Test
	void closedSubscriptionHearsNothing() {
		watch().close();
		assertThat(this.first.listeners() + this.second.listeners()).isZero();
	}

	@Test
	void theChannelJudges() {
		watch();
		assertThat(this.second.hold(Map.of("bad", 1.0))).isEqualTo("bad");
	}

	@Test
	void registriesWithoutServiceConfigsAreLeftOut() {
		FakeDiscovery without = new FakeDiscovery();
		assertThat(new MergedDiscovery(List.of(without, without)).serviceConfigs()).isNull();
		ServiceConfigs configs = new MergedDiscovery(List.of(without, new FakeDiscovery().with(this.second)))
			.serviceConfigs();
		this.second.hold(Map.of("b", 1.0));
		configs.watch("echo", new Recorder());
		assertThat(this.heard).containsExactly("{b=1.0}");
	}

	private Subscription watch() {
		return new MergedDiscovery(List.of(new FakeDiscovery().with(this.first), new FakeDiscovery().with(this.second)))
			.serviceConfigs()
			.watch("echo", new Recorder());
	}

	private final class Recorder implements ServiceConfigListener {

		@Override
		public @Nullable String reasonToRefuse(Map<String, ?> config) {
			return config.containsKey("bad") ? "bad" : null;
		}

		@Override
		public void onServiceConfig(@Nullable Map<String, ?> config) {
			MergedServiceConfigsTests.this.heard.add(String.valueOf(config));
		}

		@Override
		public void onUnavailable(RegistryException cause) {
			MergedServiceConfigsTests.this.heard.add("unavailable: " + cause.getMessage());
		}

	}

}
