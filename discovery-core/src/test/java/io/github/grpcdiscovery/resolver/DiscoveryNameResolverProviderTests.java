package io.github.grpcdiscovery.resolver;

import io.grpc.ManagedChannel;
import io.grpc.NameResolverRegistry;
import io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DiscoveryNameResolverProviderTests {

	@ParameterizedTest
	@ValueSource(strings = { "discovery", "etcd", "local" })
	void everySchemeHasItsProvider(String scheme) {
		assertThat(NameResolverRegistry.getDefaultRegistry().getProviderForScheme(scheme))
			.isInstanceOf(DiscoveryNameResolverProvider.class);
	}

	@Test
	void plainTargetsStayWithDns() {
		assertThat(NameResolverRegistry.getDefaultRegistry().getDefaultScheme()).isEqualTo("dns");
	}

	@Test
	void aChannelWithoutRegistriesIsRefusedWithTheWayOut() {
		assertThatIllegalArgumentException().isThrownBy(() -> connect(NettyChannelBuilder.forTarget("etcd:///echo")))
			.withMessage("target: 'etcd:///echo' (expected: a channel made by the starter, or by a builder with "
					+ "setNameResolverArg(DiscoveryNameResolverProvider.REGISTRIES, ..))");
	}

	@Test
	void aTargetWithoutANameIsRefusedWhenTheChannelIsMade() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> connect(NettyChannelBuilder.forTarget("discovery:///")
				.setNameResolverArg(DiscoveryNameResolverProvider.REGISTRIES, Registries.only(new FakeDiscovery()))))
			.withMessage("target: 'discovery:///' (expected: the name of a service after discovery:///)");
	}

	@Test
	void aRegistryOfOnesOwnHasItsOwnScheme() {
		NameResolverRegistry registry = new NameResolverRegistry();
		registry.register(new ZooKeeper());
		assertThat(registry.getProviderForScheme("zookeeper")).isInstanceOf(ZooKeeper.class);
		assertThatIllegalArgumentException().isThrownBy(
				() -> connect(NettyChannelBuilder.forTarget("zookeeper:///").nameResolverFactory(registry.asFactory())))
			.withMessage("target: 'zookeeper:///' (expected: the name of a service after zookeeper:///)");
	}

	private static void connect(NettyChannelBuilder builder) {
		ManagedChannel channel = builder.usePlaintext().build();
		channel.shutdownNow();
	}

	private static final class ZooKeeper extends DiscoveryNameResolverProvider {

		ZooKeeper() {
			super("zookeeper");
		}

	}

}
