package io.github.grpcdiscovery.testsupport;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Watches a prefix from outside, with etcdctl, and so sees every put and delete, also
 * those that a client under test misses. Survives restarts of etcd, as etcdctl
 * reconnects.
 */
public final class EtcdWatch implements AutoCloseable {

	private static final Pattern EVENT = Pattern.compile("\\{(\"type\":1,)?\"kv\":(\\{[^{}]*})");

	private final ManagedProcess process;

	EtcdWatch(ManagedProcess process) {
		this.process = process;
	}

	/**
	 * All events since the watch began.
	 * @return lines such as {@code PUT key} and {@code DELETE key}, in their order
	 */
	public List<String> events() {
		return EVENT.matcher(this.process.output())
			.results()
			.map((match) -> ((match.group(1) != null) ? "DELETE " : "PUT ") + EtcdEntry.parseOne(match.group(2)).key())
			.toList();
	}

	/**
	 * Counts the puts.
	 * @return how many since the watch began
	 */
	public long puts() {
		return events().stream().filter((event) -> event.startsWith("PUT ")).count();
	}

	/**
	 * Counts the deletes, which are also what the end of a lease causes.
	 * @return how many since the watch began
	 */
	public long deletes() {
		return events().size() - puts();
	}

	@Override
	public void close() {
		this.process.close();
	}

}
