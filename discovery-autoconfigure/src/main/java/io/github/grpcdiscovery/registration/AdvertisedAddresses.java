package io.github.grpcdiscovery.registration;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;

/**
 * Finds the host that clients are told to connect to. The order: what the user says, the
 * one address the server listens on, {@code POD_IP}, the preferred networks, the address
 * that this machine has towards the registry, the first private address. Safe for use by
 * any thread; may look up a host name.
 */
public final class AdvertisedAddresses {

	private final LocalNetwork network;

	private final UnaryOperator<@Nullable String> environment;

	AdvertisedAddresses(LocalNetwork network, UnaryOperator<@Nullable String> environment) {
		this.network = network;
		this.environment = environment;
	}

	/**
	 * Looks at this machine.
	 * @return finds addresses of this machine
	 */
	public static AdvertisedAddresses ofThisMachine() {
		return new AdvertisedAddresses(new JdkLocalNetwork(), System::getenv);
	}

	/**
	 * Finds the host to advertise.
	 * @param wishes what is known beforehand
	 * @return a host that is no wildcard, and why it is that one
	 * @throws IllegalArgumentException if a host that was told breaks its rule, naming
	 * where it was told, the value and the rule
	 * @throws IllegalStateException if this machine has no address at all
	 */
	public AdvertisedAddress choose(Wishes wishes) {
		if (wishes.host() != null) {
			return new AdvertisedAddress(requireConnectable("host", wishes.host()), "set by property");
		}
		if (wishes.listening() != null && !isWildcard(wishes.listening())) {
			return new AdvertisedAddress(requireConnectable("server address", wishes.listening()),
					"the only address the server listens on");
		}
		String podIp = this.environment.apply("POD_IP");
		if (podIp != null && !podIp.isBlank()) {
			return new AdvertisedAddress(requireConnectable("POD_IP", podIp.strip()), "POD_IP");
		}
		return preferred(wishes.preferredNetworks()).or(() -> routed(wishes))
			.or(this::firstAddress)
			.orElseThrow(() -> new IllegalStateException("no network interface of this machine is up"));
	}

	private static String requireConnectable(String source, String host) {
		try {
			if (new HostAndPort(host, 1).isWildcard()) {
				throw new IllegalArgumentException("no client can connect to the wildcard address");
			}
			return host;
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("%s: %s (expected: an address or host name that clients can connect to)"
				.formatted(source, ex.getMessage()), ex);
		}
	}

	private static boolean isWildcard(String host) {
		return host.equals("*") || host.isBlank() || new HostAndPort(host, 1).isWildcard();
	}

	private Optional<AdvertisedAddress> preferred(List<Cidr> networks) {
		// to list the interfaces takes a while, and is seldom needed
		List<InetAddress> local = networks.isEmpty() ? List.of() : this.network.addresses();
		for (Cidr network : networks) {
			for (InetAddress address : local) {
				if (network.contains(address)) {
					return Optional.of(new AdvertisedAddress(text(address), "in preferred network " + network));
				}
			}
		}
		return Optional.empty();
	}

	private Optional<AdvertisedAddress> routed(Wishes wishes) {
		AdvertisedAddress loopback = null;
		for (HostAndPort endpoint : wishes.registry()) {
			InetAddress address = this.network.towards(endpoint);
			if (address != null && !address.isLoopbackAddress()) {
				return Optional
					.of(new AdvertisedAddress(text(address), note("route to the registry at " + endpoint, wishes)));
			}
			if (address != null && loopback == null) {
				loopback = new AdvertisedAddress(text(address), note("the registry is on this machine", wishes));
			}
		}
		return Optional.ofNullable(loopback);
	}

	private static String note(String reason, Wishes wishes) {
		if (wishes.preferredNetworks().isEmpty()) {
			return reason;
		}
		return reason + wishes.preferredNetworks()
			.stream()
			.map(Cidr::toString)
			.collect(Collectors.joining(", ", " (no address in preferred networks ", ")"));
	}

	private Optional<AdvertisedAddress> firstAddress() {
		List<InetAddress> local = this.network.addresses();
		return local.stream()
			.filter(InetAddress::isSiteLocalAddress)
			.findFirst()
			.or(() -> local.stream().filter((address) -> !address.isLoopbackAddress()).findFirst())
			.map((address) -> new AdvertisedAddress(text(address), "first address of this machine"))
			.or(() -> local.stream()
				.findFirst()
				.map((address) -> new AdvertisedAddress(text(address), "this machine has no other address")));
	}

	private static String text(InetAddress address) {
		String text = address.getHostAddress();
		int zone = text.indexOf('%');
		return (zone < 0) ? text : text.substring(0, zone);
	}

	/**
	 * What is known before this machine is looked at.
	 *
	 * @param host the host that the user wants, if any
	 * @param listening the address the server is bound to; a wildcard or {@code null} if
	 * it is bound to all
	 * @param preferredNetworks networks to take an address from, best first
	 * @param registry where the registry is reached, if known
	 */
	public record Wishes(@Nullable String host, @Nullable String listening, List<Cidr> preferredNetworks,
			List<HostAndPort> registry) {

		/**
		 * Copies the lists.
		 */
		public Wishes {
			preferredNetworks = List.copyOf(preferredNetworks);
			registry = List.copyOf(registry);
		}

	}

}
