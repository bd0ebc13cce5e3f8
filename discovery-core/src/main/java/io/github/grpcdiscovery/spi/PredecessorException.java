package io.github.grpcdiscovery.spi;

import java.time.Duration;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;

/**
 * Our instance id is still held by a process that is provably unresponsive: nobody
 * listens at its address and nothing renews its entry, which ends by itself. No conflict:
 * the entry is waited for.
 */
public class PredecessorException extends RegistryException {

	private final Duration retryAfter;

	/**
	 * Creates the exception.
	 * @param wanted what we want to register
	 * @param holder address of the silent process
	 * @param ends how its entry ends, such as {@code its lease ends within 12 s}
	 * @param retryAfter when to look again
	 */
	public PredecessorException(ServiceInstance wanted, HostAndPort holder, String ends, Duration retryAfter) {
		super("instance id '%s' of service '%s' is still held by %s, where nobody listens any more: waiting, since %s"
			.formatted(wanted.id(), wanted.service(), holder, ends), null);
		this.retryAfter = retryAfter;
	}

	/**
	 * When the entry is worth another look.
	 * @return a wait of seconds at most
	 */
	public Duration retryAfter() {
		return this.retryAfter;
	}

}
