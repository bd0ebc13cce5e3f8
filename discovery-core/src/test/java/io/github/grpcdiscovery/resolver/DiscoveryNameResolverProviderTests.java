package io.github.grpcdiscovery.resolver;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.grpc.ManagedChannel;
import io.grpc.NameResolver;
import io.grpc.NameResolverRegistry;
import io.grpc.SynchronizationContext;
import io.grpc.Uri;
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

	@ParameterizedTest
	@ValueSource(strings = { "consul:///tags", "consul:////shop/orders", "consul:///shop%2Forders",
			"consul:///a%20b%3F%23%25", "consul:///gr%C3%B6%C3%9Fe", "consul:///a+b", "consul:///orders/",
			"consul:///a%FF", "consul:///a%0Ab", "consul://10.0.0.1:8500/tags", "consul://[::1]:8500/tags",
			"consul://my_agent:8500/tags", "consul://10.0.0.1:8500/tags?tag=v1&dc=dc%202&tag=a+b",
			"consul://me:s3cret@10.0.0.1/tags", "consul:///tags?tag", "consul:///tags#x", "consul:tags", "consul:/tags",
			"consul:/", "consul://tags", "consul:///", "consul:///dns:///tags", "etcd:///tags" })
	void targetMeansTheSameHoweverGrpcReadsIt(String target) {
		DiscoveryNameResolverProvider consul = new DiscoveryNameResolverProvider.Consul();
		assertThat(outcome((args) -> consul.newNameResolver(Uri.create(target), args)))
			.isEqualTo(outcome((args) -> consul.newNameResolver(URI.create(target), args)));
	}

	/**
	 * What is asked of the registries, or the message that the target is refused with.
	 */
	private static String outcome(Function<NameResolver.Args, NameResolver> making) {
		List<Object> asked = new ArrayList<>();
		Registries registries = (target) -> {
			asked.add(target.service());
			asked.add(target.options());
			return new FakeDiscovery();
		};
		try {
			NameResolver resolver = making.apply(args(registries));
			return (resolver != null) ? asked + " " + resolver.getServiceAuthority() : "not ours";
		}
		catch (IllegalArgumentException ex) {
			return String.valueOf(ex.getMessage());
		}
	}

	private static NameResolver.Args args(Registries registries) {
		return NameResolver.Args.newBuilder()
			.setDefaultPort(1)
			.setProxyDetector((address) -> null)
			.setSynchronizationContext(new SynchronizationContext((thread, error) -> {
			}))
			.setServiceConfigParser(new NameResolver.ServiceConfigParser() {

				@Override
				public NameResolver.ConfigOrError parseServiceConfig(Map<String, ?> config) {
					return NameResolver.ConfigOrError.fromConfig(config);
				}

			})
			.setArg(DiscoveryNameResolverProvider.REGISTRIES, registries)
			.build();
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
