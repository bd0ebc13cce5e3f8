package io.github.grpcdiscovery.testsupport;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What a test does to the content of etcd. All of it goes through etcdctl, never through
 * the client under test. Thread-safe.
 */
public abstract sealed class EtcdOperations permits EtcdServer, EtcdCluster {

	private static final Pattern LEASE_LINE = Pattern.compile("(?m)^[0-9a-f]{1,16}$");

	private static final Pattern GRANTED_LEASE = Pattern.compile("lease ([0-9a-f]+) granted");

	abstract Etcdctl client();

	/**
	 * Runs etcdctl (v3 API) against this etcd, as root once {@link #enableAuth} was
	 * called.
	 * @param arguments the command and its arguments
	 * @return standard output
	 * @throws IllegalStateException with etcdctl's own message if it fails
	 */
	public final String etcdctl(String... arguments) {
		return client().run(arguments);
	}

	public final void put(String key, String value) {
		etcdctl("put", "--", key, value);
	}

	public final void put(String key, String value, String lease) {
		etcdctl("put", "--lease=" + lease, "--", key, value);
	}

	public final void delete(String key) {
		etcdctl("del", "--", key);
	}

	public final void deletePrefix(String prefix) {
		etcdctl("del", "--prefix", "--", prefix);
	}

	/**
	 * Reads all keys with the prefix.
	 * @param prefix beginning of the keys
	 * @return values by key, sorted by key
	 */
	public final Map<String, String> get(String prefix) {
		Map<String, String> values = new LinkedHashMap<>();
		entries(prefix).forEach((entry) -> values.put(entry.key(), entry.value()));
		return values;
	}

	/**
	 * Reads all keys with the prefix, with their revisions and leases.
	 * @param prefix beginning of the keys
	 * @return the entries, sorted by key
	 */
	public final List<EtcdEntry> entries(String prefix) {
		return EtcdEntry.parse(etcdctl("get", "--prefix", "-w", "json", "--", prefix));
	}

	/**
	 * The present revision of the store.
	 * @return a number that grows with each change, and falls only when data is lost
	 */
	public final long revision() {
		return EtcdEntry.number(etcdctl("get", "-w", "json", "--", "no-such-key"), "revision");
	}

	/**
	 * Forgets all history before now: a watch that resumes from an earlier revision
	 * fails.
	 */
	public final void compact() {
		compact(revision());
	}

	public final void compact(long revision) {
		etcdctl("compaction", "--physical=true", Long.toString(revision));
	}

	/**
	 * Lists the leases.
	 * @return their hexadecimal ids
	 */
	public final List<String> leases() {
		return LEASE_LINE.matcher(etcdctl("lease", "list")).results().map(MatchResult::group).toList();
	}

	/**
	 * Grants a lease that nobody renews.
	 * @param ttl whole seconds
	 * @return its hexadecimal id
	 */
	public final String grantLease(Duration ttl) {
		String output = etcdctl("lease", "grant", Long.toString(ttl.toSeconds()));
		return GRANTED_LEASE.matcher(output)
			.results()
			.map((match) -> match.group(1))
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("Unexpected answer: " + output));
	}

	public final void revokeLease(String lease) {
		etcdctl("lease", "revoke", lease);
	}

	/**
	 * Watches all keys with the prefix from this moment on.
	 * @param prefix beginning of the keys
	 * @return the running watch, to be closed
	 */
	public final EtcdWatch watch(String prefix) {
		// From a revision, so that nothing is missed however long etcdctl takes to start.
		String next = Long.toString(revision() + 1);
		ManagedProcessBuilder command = ManagedProcess.command("etcdctl",
				client().command("watch", "--prefix", "--rev=" + next, "-w", "json", prefix));
		Etcdctl.ENVIRONMENT.forEach(command::environment);
		return new EtcdWatch(command.start());
	}

	/**
	 * Creates the user {@code root} and switches authentication on. From then on etcdctl
	 * runs as root.
	 * @param rootPassword root's password
	 */
	public final void enableAuth(String rootPassword) {
		etcdctl("user", "add", "root:" + rootPassword);
		etcdctl("role", "add", "root");
		etcdctl("user", "grant-role", "root", "root");
		etcdctl("auth", "enable");
		client().authenticateAs("root", rootPassword);
	}

	/**
	 * Switches authentication off. Users and roles stay.
	 */
	public final void disableAuth() {
		etcdctl("auth", "disable");
	}

	/**
	 * Creates a user with a role of its own.
	 * @param user name of the user
	 * @param password password of the user
	 * @param role name of the new role
	 * @param prefix beginning of the keys that the role may use
	 * @param permission {@code read}, {@code write} or {@code readwrite}
	 */
	public final void addUser(String user, String password, String role, String prefix, String permission) {
		etcdctl("role", "add", role);
		etcdctl("role", "grant-permission", role, permission, prefix, "--prefix=true");
		etcdctl("user", "add", user + ":" + password);
		etcdctl("user", "grant-role", user, role);
	}

	/**
	 * Changes the password of a user, which makes the tokens of that user worthless.
	 * @param user name of the user
	 * @param password the new password
	 */
	public final void changePassword(String user, String password) {
		client().runWithInput(password + "\n", "user", "passwd", user, "--interactive=false");
	}

	/**
	 * Writes until the quota is used up and etcd refuses further puts and leases
	 * (NOSPACE).
	 */
	public final void fillQuota() {
		EtcdQuota.fill(client());
	}

	/**
	 * Undoes {@link #fillQuota}: deletes, compacts, defragments and disarms the alarm.
	 */
	public final void freeQuota() {
		EtcdQuota.free(client(), revision());
	}

}
