package io.github.grpcdiscovery.internal.registration;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.internal.registration.AdvertisedAddresses.Preferences;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class AdvertisedAddressesTests {

	private static final HostAndPort ETCD = new HostAndPort("10.0.0.5", 2379);

	private final FakeNetwork network = new FakeNetwork("192.168.7.7", "10.1.1.1", "172.17.0.1", "127.0.0.1");

	private final Map<String, String> environment = new HashMap<>();

	private final AdvertisedAddresses addresses = new AdvertisedAddresses(this.network, this.environment::get);

	@Test
	@Proves("F54")
	void whatTheUserSaysComesFirst() {
		this.environment.put("POD_IP", "10.9.9.9");
		assertThat(choose("tags.example.org", "10.2.2.2", List.of("10.0.0.0/8"), ETCD))
			.isEqualTo(new AdvertisedAddress("tags.example.org", "set by property"));
	}

	@Test
	void theOneAddressTheServerListensOnComesNext() {
		this.environment.put("POD_IP", "10.9.9.9");
		assertThat(choose(null, "10.2.2.2", List.of("10.0.0.0/8"), ETCD))
			.isEqualTo(new AdvertisedAddress("10.2.2.2", "the only address the server listens on"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "*", "0.0.0.0", "::", "0:0:0:0:0:0:0:0", "" })
	void wildcardThatTheServerListensOnSaysNothing(String wildcard) {
		this.environment.put("POD_IP", "10.9.9.9");
		assertThat(choose(null, wildcard, List.of(), ETCD).reason()).isEqualTo("POD_IP");
	}

	@Test
	void podIpComesBeforePreferredNetworks() {
		this.environment.put("POD_IP", " 10.9.9.9 ");
		assertThat(choose(null, null, List.of("10.0.0.0/8"), ETCD))
			.isEqualTo(new AdvertisedAddress("10.9.9.9", "POD_IP"));
	}

	@Test
	@Proves("F54")
	void preferredNetworksAreTriedInOrder() {
		this.network.route("10.0.0.5", "192.168.7.7");
		assertThat(choose(null, null, List.of("11.0.0.0/8", "172.16.0.0/12", "10.0.0.0/8"), ETCD))
			.isEqualTo(new AdvertisedAddress("172.17.0.1", "in preferred network 172.16.0.0/12"));
	}

	@Test
	@Proves("F54")
	void theAddressThatRoutesToTheRegistryComesNext() {
		this.network.route("10.0.0.5", "10.1.1.1");
		assertThat(choose(null, null, List.of(), ETCD))
			.isEqualTo(new AdvertisedAddress("10.1.1.1", "route to the registry at 10.0.0.5:2379"));
	}

	@Test
	void reasonTellsThatNoPreferredNetworkWasFound() {
		this.network.route("10.0.0.5", "10.1.1.1");
		assertThat(choose(null, null, List.of("11.0.0.0/8"), ETCD).reason())
			.isEqualTo("route to the registry at 10.0.0.5:2379 (no address in preferred networks 11.0.0.0/8)");
	}

	@Test
	@Proves("F54")
	void registryOnThisMachineSaysNothingAboutWhereClientsAre() {
		this.network.route("localhost", "127.0.0.1");
		assertThat(choose(null, null, List.of(), new HostAndPort("localhost", 2379)))
			.isEqualTo(new AdvertisedAddress("192.168.7.7", "first address of this machine"));
	}

	@Test
	@Proves("F54")
	void addressOfTheRegistrysNodeIsThatOfThisMachineIfItIsOneOfThem() {
		assertThat(besideRegistries("10.1.1.1"))
			.isEqualTo(new AdvertisedAddress("10.1.1.1", "address of the registry's node, which is this machine"));
		assertThat(besideRegistries("10.8.8.8").host()).isEqualTo("192.168.7.7");
		assertThat(besideRegistries("some.host").host()).isEqualTo("192.168.7.7");
	}

	@Test
	void loopbackIsForRegistriesThatServeThisMachineAlone() {
		assertThat(besideRegistries("127.0.0.1"))
			.isEqualTo(new AdvertisedAddress("127.0.0.1", "the registry serves this machine alone"));
		assertThat(besideRegistries("127.0.0.1", null).host()).isEqualTo("192.168.7.7");
	}

	@Test
	void registryElsewhereIsNotAskedForItsNode() {
		this.network.route("10.0.0.5", "10.1.1.1");
		assertThat(this.addresses.choose(new Preferences(null, null, List.of(), List.of(ETCD), List.of(() -> {
			throw new IllegalStateException("asked");
		}))).host()).isEqualTo("10.1.1.1");
	}

	private AdvertisedAddress besideRegistries(@Nullable String... nodes) {
		this.network.route("localhost", "127.0.0.1");
		List<Supplier<@Nullable String>> suppliers = new ArrayList<>();
		for (String node : nodes) {
			suppliers.add(() -> node);
		}
		return this.addresses
			.choose(new Preferences(null, null, List.of(), List.of(new HostAndPort("localhost", 8500)), suppliers));
	}

	@Test
	void oneRegistryElsewhereIsEnoughToBeSeenFromElsewhere() {
		this.network.route("localhost", "127.0.0.1");
		this.network.route("10.0.0.5", "10.1.1.1");
		assertThat(choose(null, null, List.of(), new HostAndPort("localhost", 2379), ETCD).host())
			.isEqualTo("10.1.1.1");
	}

	@Test
	void withoutARouteItIsTheFirstPrivateAddress() {
		assertThat(choose(null, null, List.of(), ETCD))
			.isEqualTo(new AdvertisedAddress("192.168.7.7", "first address of this machine"));
	}

	@Test
	void publicAddressIsBetterThanLoopback() {
		this.network.only("127.0.0.1", "203.0.113.5");
		assertThat(choose(null, null, List.of()).host()).isEqualTo("203.0.113.5");
	}

	@Test
	@Proves("F54")
	void loopbackIsTheLastResort() {
		this.network.only("127.0.0.1");
		assertThat(choose(null, null, List.of(), ETCD))
			.isEqualTo(new AdvertisedAddress("127.0.0.1", "this machine has no other address"));
	}

	@Test
	void ipv6AddressIsGivenWithoutItsZone() {
		this.network.only("fd00::5");
		assertThat(choose(null, null, List.of()).host()).isEqualTo("fd00:0:0:0:0:0:0:5");
	}

	@Test
	void machineWithoutAnyAddressIsAnError() {
		this.network.only();
		assertThatIllegalStateException().isThrownBy(() -> choose(null, null, List.of()))
			.withMessageContaining("no network interface");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0.0.0.0", "::", "http://host", "host:80", "fe80::1%eth0", "a b" })
	@Proves("I20")
	void hostThatNoClientCanConnectToIsAnErrorThatNamesItsSource(String host) {
		assertThatIllegalArgumentException().isThrownBy(() -> choose(host, null, List.of()))
			.withMessageStartingWith("host: ");
		this.environment.put("POD_IP", host);
		assertThatIllegalArgumentException().isThrownBy(() -> choose(null, null, List.of()))
			.withMessageStartingWith("POD_IP: ");
	}

	@Test
	void thisMachineHasAnAddressAndTellsLoopbackByItsRoute() {
		JdkLocalNetwork machine = new JdkLocalNetwork();
		assertThat(machine.addresses()).isNotEmpty().noneMatch(InetAddress::isLinkLocalAddress);
		assertThat(machine.towards(new HostAndPort("127.0.0.1", 2379))).isEqualTo(address("127.0.0.1"));
		assertThat(machine.towards(new HostAndPort("no-such-host.invalid", 2379))).isNull();
	}

	private AdvertisedAddress choose(@Nullable String host, @Nullable String listening, List<String> networks,
			HostAndPort... registry) {
		return this.addresses.choose(new Preferences(host, listening, networks.stream().map(Cidr::parse).toList(),
				List.of(registry), List.of()));
	}

	private static InetAddress address(String literal) {
		try {
			return InetAddress.getByName(literal);
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	private static final class FakeNetwork implements LocalNetwork {

		private final List<InetAddress> addresses = new ArrayList<>();

		private final Map<String, InetAddress> routes = new HashMap<>();

		FakeNetwork(String... addresses) {
			only(addresses);
		}

		void only(String... addresses) {
			this.addresses.clear();
			for (String address : addresses) {
				this.addresses.add(address(address));
			}
		}

		void route(String to, String from) {
			this.routes.put(to, address(from));
		}

		@Override
		public List<InetAddress> addresses() {
			return this.addresses;
		}

		@Override
		public @Nullable InetAddress towards(HostAndPort endpoint) {
			return this.routes.get(endpoint.host());
		}

	}

}
