package io.github.grpcdiscovery.internal.registration;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Finds the host that clients are told to connect to. The order: what the user says, the
 * one address the server listens on, {@code POD_IP}, the preferred networks, the address
 * that this machine has towards the registry, the first private address. Where the
 * registry is on this machine, that of the registry's node comes before the first private
 * one, and loopback is left for registries that serve this machine alone. Safe for use by
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
	 * @param preferences what is known beforehand
	 * @return a host that is no wildcard, and why it is that one
	 * @throws IllegalArgumentException if a host that was told breaks its rule, naming
	 * where it was told, the value and the rule
	 * @throws IllegalStateException if this machine has no address at all
	 */
	public AdvertisedAddress choose(Preferences preferences) {
		if (preferences.host() != null) {
			return new AdvertisedAddress(requireConnectable("host", preferences.host()), "set by property");
		}
		if (preferences.listening() != null && !isWildcard(preferences.listening())) {
			return new AdvertisedAddress(requireConnectable("server address", preferences.listening()),
					"the only address the server listens on");
		}
		String podIp = this.environment.apply("POD_IP");
		if (podIp != null && !podIp.isBlank()) {
			return new AdvertisedAddress(requireConnectable("POD_IP", podIp.strip()), "POD_IP");
		}
		return preferred(preferences.preferredNetworks()).or(() -> routed(preferences))
			.or(this::firstAddress)
			.orElseThrow(() -> new IllegalStateException("no network interface of this machine is up"));
	}

	private static String requireConnectable(String source, String host) {
		if (!isConnectable(host)) {
			throw new IllegalArgumentException(
					"%s: '%s' (expected: an address or host name that clients can connect to; no scheme, no port, no zone)"
						.formatted(source, Printable.of(host)));
		}
		return host;
	}

	private static boolean isConnectable(String host) {
		try {
			return !new HostAndPort(host, 1).isWildcard();
		}
		catch (IllegalArgumentException ex) {
			return false;
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

	private Optional<AdvertisedAddress> routed(Preferences preferences) {
		boolean here = false;
		for (HostAndPort endpoint : preferences.registry()) {
			InetAddress address = this.network.towards(endpoint);
			if (address != null && !address.isLoopbackAddress()) {
				return Optional.of(new AdvertisedAddress(text(address),
						note("route to the registry at " + endpoint, preferences)));
			}
			here |= address != null;
		}
		return here ? besideTheRegistry(preferences) : Optional.empty();
	}

	// a registry on this machine says nothing about where clients are
	private Optional<AdvertisedAddress> besideTheRegistry(Preferences preferences) {
		List<InetAddress> nodes = preferences.nodes()
			.stream()
			.map(Supplier::get)
			.map(AdvertisedAddresses::literal)
			.flatMap(Optional::stream)
			.toList();
		for (InetAddress node : nodes) {
			// behind a tunnel or in a container it is another machine's
			if (!node.isLoopbackAddress() && this.network.addresses().contains(node)) {
				return Optional.of(new AdvertisedAddress(text(node),
						note("address of the registry's node, which is this machine", preferences)));
			}
		}
		boolean alone = !nodes.isEmpty() && nodes.size() == preferences.nodes().size()
				&& nodes.stream().allMatch(InetAddress::isLoopbackAddress);
		return alone ? Optional
			.of(new AdvertisedAddress(text(nodes.get(0)), note("the registry serves this machine alone", preferences)))
				: Optional.empty();
	}

	private static Optional<InetAddress> literal(@Nullable String text) {
		try {
			return (text != null && new HostAndPort(text, 1).isLiteral()) ? Optional.of(InetAddress.getByName(text))
					: Optional.empty();
		}
		catch (UnknownHostException | IllegalArgumentException ex) {
			return Optional.empty();
		}
	}

	private static String note(String reason, Preferences preferences) {
		if (preferences.preferredNetworks().isEmpty()) {
			return reason;
		}
		return reason + preferences.preferredNetworks()
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
	 * @param registry where the registries are reached, if known
	 * @param nodes by registry, asks for the address of its machine; called only if the
	 * registries are on this machine
	 */
	public record Preferences(@Nullable String host, @Nullable String listening, List<Cidr> preferredNetworks,
			List<HostAndPort> registry, List<Supplier<@Nullable String>> nodes) {

		/**
		 * Copies the lists.
		 */
		public Preferences {
			preferredNetworks = List.copyOf(preferredNetworks);
			registry = List.copyOf(registry);
			nodes = List.copyOf(nodes);
		}

	}

}
