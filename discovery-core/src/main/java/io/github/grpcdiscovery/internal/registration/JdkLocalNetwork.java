package io.github.grpcdiscovery.internal.registration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.HostAndPort;

/**
 * This machine as the JDK sees it.
 */
final class JdkLocalNetwork implements LocalNetwork {

	private static final Logger logger = LoggerFactory.getLogger(JdkLocalNetwork.class);

	/** Bridges between containers of this machine: no other machine can reach them. */
	private static final Pattern BRIDGE = Pattern.compile("docker\\d+|br-.*|veth.*|virbr.*|cni.*|podman.*");

	@Override
	public List<InetAddress> addresses() {
		List<Candidate> candidates = new ArrayList<>();
		try {
			for (NetworkInterface networkInterface : Collections.list(NetworkInterface.getNetworkInterfaces())) {
				if (networkInterface.isUp()) {
					networkInterface.inetAddresses()
						.filter((address) -> !address.isLinkLocalAddress())
						.forEach((address) -> candidates.add(Candidate.of(networkInterface, address)));
				}
			}
		}
		catch (SocketException ex) {
			throw new UncheckedIOException(ex);
		}
		return candidates.stream().sorted(Candidate.BEST_FIRST).map(Candidate::address).toList();
	}

	@Override
	public @Nullable InetAddress towards(HostAndPort endpoint) {
		try (DatagramSocket socket = new DatagramSocket()) {
			// connecting a datagram socket only asks the routing table
			socket.connect(new InetSocketAddress(InetAddress.getByName(endpoint.host()), endpoint.port()));
			InetAddress address = socket.getLocalAddress();
			return (address.isAnyLocalAddress() || address.isLinkLocalAddress()) ? null : address;
		}
		catch (IOException | UncheckedIOException ex) {
			logger.debug("No route to {}", endpoint, ex);
			return null;
		}
	}

	private record Candidate(InetAddress address, boolean loopback, boolean bridge, boolean ipv6, int index) {

		static final Comparator<Candidate> BEST_FIRST = Comparator.comparing(Candidate::loopback)
			.thenComparing(Candidate::bridge)
			.thenComparing(Candidate::ipv6)
			.thenComparing(Candidate::index)
			.thenComparing((candidate) -> candidate.address().getHostAddress());

		static Candidate of(NetworkInterface networkInterface, InetAddress address) {
			return new Candidate(address, address.isLoopbackAddress(),
					BRIDGE.matcher(networkInterface.getName()).matches(), !(address instanceof Inet4Address),
					networkInterface.getIndex());
		}

	}

}
