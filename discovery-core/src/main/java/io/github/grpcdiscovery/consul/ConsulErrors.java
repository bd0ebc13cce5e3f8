package io.github.grpcdiscovery.consul;

import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;

import javax.net.ssl.SSLException;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.internal.util.Failures;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * What went wrong on the way to Consul, in words.
 */
final class ConsulErrors {

	private static final int MAX_DEPTH = 10;

	private ConsulErrors() {
	}

	// the last cause usually says it: "Connection refused", "Read timed out"
	static String describe(Throwable error) {
		Throwable last = error;
		boolean connecting = last instanceof ConnectException;
		for (int depth = 0; last.getCause() != null && depth < MAX_DEPTH; depth++) {
			last = last.getCause();
			connecting |= last instanceof ConnectException;
		}
		// the JDK's client says nothing more about it
		if (last instanceof UnresolvedAddressException) {
			return "UnknownHostException: the name of the agent's host is not known";
		}
		if (connecting && last.getMessage() == null) {
			return "ConnectException: no connection (does an agent listen there?)";
		}
		String text = last.getClass().getSimpleName() + ": " + last.getMessage();
		// one of its subclasses says that TLS is spoken, and what is wrong with it
		boolean noTls = last.getClass() == SSLException.class;
		return Printable.of(noTls ? text + " (does the agent speak TLS at this port?)" : text);
	}

	/**
	 * The error of a call as a {@link RegistryException}.
	 */
	static RegistryException unwrap(Throwable error) {
		Throwable cause = Failures.unwrap(error);
		return (cause instanceof RegistryException exception) ? exception
				: new RegistryException("consul: unexpected error: " + describe(cause), cause);
	}

}
