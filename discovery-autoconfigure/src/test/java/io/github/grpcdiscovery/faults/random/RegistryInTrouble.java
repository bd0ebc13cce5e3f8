package io.github.grpcdiscovery.faults.random;

import java.net.URI;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.WatchSettings;

/**
 * A real registry and what may happen to it and to what it holds. Nothing here uses the
 * clients under test, but for {@link #client}. For one thread.
 */
interface RegistryInTrouble extends AutoCloseable {

	/** What no parser may trip over. */
	List<String> GARBAGE = List.of("", "{bad", "null", "[]", "{\"Op\":0,\"Addr\":\"unix:/run/x\"}",
			"{\"Op\":0,\"Addr\":\"127.0.0.1:70000\"}", "{\"Op\":0,\"Addr\":\"0.0.0.0:1\"}", "[".repeat(3000),
			"\u001b[31m\r\n");

	/** Port of the registry itself. */
	int port();

	/**
	 * What makes an application use it.
	 * @param port where to reach it
	 */
	String[] properties(int port);

	/**
	 * The client under test.
	 * @param uri where to reach it
	 */
	Registry client(URI uri, WatchSettings settings);

	/**
	 * Which faults there are for it. What only others need, such as a lease's, is never
	 * asked of it.
	 */
	default Set<Fault> faults() {
		return EnumSet.allOf(Fault.class);
	}

	void kill();

	void start();

	void pause();

	void resume();

	void wipe();

	/** The ports of all instances that a client should call. */
	Set<Integer> held();

	/**
	 * How many connections to it there may be.
	 * @param servers how many there are, beside the one client
	 */
	int mostConnections(int servers);

	/** How many leases, or registrations that nobody keeps, there are. */
	int leases();

	void delete(int port);

	void overwrite(int port);

	default void revokeLease(int port) {
		throw new UnsupportedOperationException();
	}

	void putGarbage(String value);

	void putForeign(String host, int port);

	/** Takes out what was put in. */
	void removeForeign();

	default void compact() {
		throw new UnsupportedOperationException();
	}

	default void fill() {
		throw new UnsupportedOperationException();
	}

	default void free() {
		throw new UnsupportedOperationException();
	}

	@Override
	void close();

}
