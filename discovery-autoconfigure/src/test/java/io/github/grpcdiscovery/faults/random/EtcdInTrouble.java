package io.github.grpcdiscovery.faults.random;

import java.net.URI;
import java.util.Set;
import java.util.TreeSet;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.etcd.EtcdRegistry;
import io.github.grpcdiscovery.etcd.EtcdSettings;
import io.github.grpcdiscovery.testsupport.EtcdEntry;
import io.github.grpcdiscovery.testsupport.EtcdServer;

/** One etcd that keeps its data, unless wiped. */
final class EtcdInTrouble implements RegistryInTrouble {

	private static final String PREFIX = "echo/";

	private static final String FOREIGN = PREFIX + "foreign";

	private final EtcdServer etcd = EtcdServer.builder().quotaBackendBytes(8 << 20).start();

	@Override
	public int port() {
		return this.etcd.port();
	}

	@Override
	public String[] properties(int port) {
		return new String[] { "grpc.discovery.etcd.endpoints=http://127.0.0.1:" + port, "grpc.discovery.etcd.ttl=6s" };
	}

	@Override
	public Registry client(URI uri, WatchSettings settings) {
		return new EtcdRegistry(EtcdSettings.of(uri), settings, Backoff.DEFAULT, DiscoveryObserver.NONE);
	}

	@Override
	public void kill() {
		this.etcd.kill();
	}

	@Override
	public void start() {
		this.etcd.start();
	}

	@Override
	public void pause() {
		this.etcd.pause();
	}

	@Override
	public void resume() {
		this.etcd.resume();
	}

	@Override
	public void wipe() {
		this.etcd.wipe();
	}

	@Override
	public Set<Integer> held() {
		Set<Integer> ports = new TreeSet<>();
		for (EtcdEntry entry : this.etcd.entries(PREFIX)) {
			int colon = entry.key().lastIndexOf(':');
			ports.add((colon < 0) ? -1 : Integer.parseInt(entry.key().substring(colon + 1)));
		}
		return ports;
	}

	@Override
	public int mostConnections(int servers) {
		return servers + 1;
	}

	@Override
	public int leases() {
		return this.etcd.leases().size();
	}

	@Override
	public void delete(int port) {
		this.etcd.delete(key(port));
	}

	@Override
	public void overwrite(int port) {
		this.etcd.put(key(port), "somebody else");
	}

	@Override
	public void revokeLease(int port) {
		this.etcd.entries(key(port)).forEach((entry) -> this.etcd.revokeLease(entry.lease()));
	}

	private static String key(int port) {
		return PREFIX + "127.0.0.1:" + port;
	}

	@Override
	public void putGarbage(String value) {
		this.etcd.put(FOREIGN, value);
		this.etcd.put(FOREIGN + "/and/deeper", value);
	}

	@Override
	public void putForeign(String host, int port) {
		this.etcd.put(FOREIGN, "{\"Op\":0,\"Addr\":\"%s:%d\"}".formatted(host, port));
	}

	@Override
	public void removeForeign() {
		this.etcd.deletePrefix(FOREIGN);
	}

	@Override
	public void compact() {
		this.etcd.put("another/key", "so that there is something to compact");
		this.etcd.compact();
	}

	@Override
	public void fill() {
		this.etcd.fillQuota();
	}

	@Override
	public void free() {
		if (this.etcd.etcdctl("alarm", "list").contains("NOSPACE")) { // and not wiped
			this.etcd.freeQuota();
		}
	}

	@Override
	public void close() {
		this.etcd.close();
	}

	@Override
	public String toString() {
		return "etcd";
	}

}
