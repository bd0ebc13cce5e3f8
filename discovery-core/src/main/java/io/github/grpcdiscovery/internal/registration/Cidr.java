package io.github.grpcdiscovery.internal.registration;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * A range of addresses, such as {@code 10.1.0.0/16}.
 *
 * @param network any address of the range
 * @param bits how many leading bits all its addresses share
 */
public record Cidr(InetAddress network, int bits) {

	private static final Pattern BITS = Pattern.compile("\\d{1,3}");

	/**
	 * Checks the number of bits.
	 * @throws IllegalArgumentException if there are more than an address has
	 */
	public Cidr {
		if (bits < 0 || bits > network.getAddress().length * 8) {
			throw new IllegalArgumentException("network: '%s/%d' (expected: 0 to %d bits)"
				.formatted(network.getHostAddress(), bits, network.getAddress().length * 8));
		}
	}

	/**
	 * Reads {@code address/bits}; an address alone is a range of one.
	 * @param text the range
	 * @return the range
	 * @throws IllegalArgumentException naming the text and the form it should have
	 */
	public static Cidr parse(String text) {
		int slash = text.indexOf('/');
		String address = (slash < 0) ? text : text.substring(0, slash);
		String bits = (slash < 0) ? "" : text.substring(slash + 1);
		if ((slash >= 0 && !BITS.matcher(bits).matches()) || !isLiteral(address)) {
			throw new IllegalArgumentException("network: '%s' (expected: an address and a number of bits, such as %s)"
				.formatted(Printable.of(text), "10.0.0.0/8 or fd00::/8"));
		}
		try {
			InetAddress network = InetAddress.getByName(address);
			return new Cidr(network, (slash < 0) ? network.getAddress().length * 8 : Integer.parseInt(bits));
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static boolean isLiteral(String address) {
		try {
			return new HostAndPort(address, 1).isLiteral();
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	/**
	 * Whether an address is in the range.
	 * @param address any address
	 * @return {@code false} also for an address of the other family
	 */
	public boolean contains(InetAddress address) {
		byte[] ours = this.network.getAddress();
		byte[] theirs = address.getAddress();
		if (ours.length != theirs.length) {
			return false;
		}
		for (int bit = 0; bit < this.bits; bit++) {
			int mask = 0x80 >> (bit % 8);
			if (((ours[bit / 8] ^ theirs[bit / 8]) & mask) != 0) {
				return false;
			}
		}
		return true;
	}

	@Override
	public String toString() {
		return this.network.getHostAddress() + "/" + this.bits;
	}

}
