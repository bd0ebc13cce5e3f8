package io.github.grpcdiscovery.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.test.RegistryFixture;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.TcpProxy;

/**
 * A real etcd, and processes that each reach it through a proxy of their own, so that one
 * can die without a word.
 */
final class EtcdFixture implements RegistryFixture {

	// renewed each third of it: a busy machine may stand still for more than half of it
	static final Duration TTL = Duration.ofSeconds(6);

	static final Backoff BACKOFF = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1), Duration.ofSeconds(2));

	static final WatchSettings WATCH = WatchSettings.builder()
		.backoff(BACKOFF)
		.linger(Duration.ofSeconds(5))
		.refreshInterval(Duration.ofSeconds(1))
		.lossConfirmation(Duration.ofSeconds(3))
		.build();

	private final EtcdServer server;

	private final Map<Registry, TcpProxy> proxies = new ConcurrentHashMap<>();

	EtcdFixture(EtcdServer server) {
		this.server = server;
	}

	@Override
	public Registry newRegistry(DiscoveryObserver observer) {
		TcpProxy proxy = TcpProxy.to(this.server.port());
		EtcdSettings settings = EtcdSettings.builder(URI.create("http://127.0.0.1:" + proxy.port())).ttl(TTL).build();
		Registry registry = new EtcdRegistry(settings, WATCH, BACKOFF, observer);
		this.proxies.put(registry, proxy);
		return registry;
	}

	@Override
	public void abandon(Registry registry) {
		TcpProxy proxy = this.proxies.get(registry);
		if (proxy != null) {
			proxy.refuse();
			proxy.cut();
		}
	}

	@Override
	public void deleteEntry(ServiceInstance instance) {
		this.server.delete(instance.service() + "/" + instance.id());
	}

	@Override
	public void putMalformedEntry(String service) {
		this.server.put(service + "/malformed", "{bad");
	}

	@Override
	public boolean putServiceConfig(String service, @Nullable String json) {
		String key = "grpc-discovery/service-config/" + service;
		if (json != null) {
			this.server.put(key, json);
		}
		else {
			this.server.delete(key);
		}
		return true;
	}

	@Override
	public void stopServer() {
		this.server.kill();
	}

	@Override
	public void startServer() {
		this.server.start();
	}

	@Override
	public Duration ttl() {
		return TTL;
	}

	@Override
	public void close() {
		this.proxies.values().forEach(TcpProxy::close);
	}

}
