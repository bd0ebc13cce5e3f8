package io.github.grpcdiscovery;

import java.util.Collection;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds out at which addresses nobody listens: the second witness when a registry says
 * that many instances are gone at once.
 */
@FunctionalInterface
public interface ReachabilityProbe {

	/**
	 * Tries to open a TCP connection to each address, and closes it.
	 */
	ReachabilityProbe TCP = new TcpReachabilityProbe(true);

	/**
	 * The same, but silence is no answer, since it may be a firewall's: unreachable is
	 * only who refuses the connection.
	 */
	ReachabilityProbe REFUSAL = new TcpReachabilityProbe(false);

	/**
	 * Asks at each address whether somebody listens. Returns at once.
	 * @param addresses where to ask
	 * @param unreachable given those at which certainly nobody listens, or at which
	 * nobody answers, but none whose name cannot be looked up; by any thread, within a
	 * few seconds
	 */
	void check(Collection<HostAndPort> addresses, Consumer<Set<HostAndPort>> unreachable);

}
