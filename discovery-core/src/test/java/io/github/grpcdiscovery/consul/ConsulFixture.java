package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.IdentityHashMap;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.test.RegistryFixture;
import io.github.grpcdiscovery.testsupport.ConsulAgent;
import io.github.grpcdiscovery.testsupport.TcpProxy;

/**
 * A real agent, and a proxy before it for each "process".
 */
final class ConsulFixture implements RegistryFixture {

	// a busy machine may stand still for more than half of it
	static final Duration TTL = Duration.ofSeconds(6);

	static final Backoff BACKOFF = new Backoff(Duration.ofMillis(50), Duration.ofMillis(500), Duration.ofSeconds(2));

	private final ConsulAgent agent;

	private final IdentityHashMap<Registry, TcpProxy> proxies = new IdentityHashMap<>();

	ConsulFixture(ConsulAgent agent) {
		this.agent = agent;
	}

	// nobody listens where the contract's instances are, so an agent cannot probe them
	static ConsulRegistry newRegistry(ConsulSettings settings, DiscoveryObserver observer) {
		ConsulSettings ttl = settings.toBuilder()
			.check(settings.check().toBuilder().kind(ConsulCheck.Kind.TTL).ttl(TTL).build())
			.auditInterval(Duration.ofSeconds(1))
			.build();
		WatchSettings watch = WatchSettings.builder().backoff(BACKOFF).build();
		return new ConsulRegistry(ttl, watch, BACKOFF, observer);
	}

	@Override
	public Registry newRegistry(DiscoveryObserver observer) {
		TcpProxy proxy = TcpProxy.to(this.agent.httpPort());
		Registry registry = newRegistry(ConsulSettings.of(proxy.uri("http")), observer);
		this.proxies.put(registry, proxy);
		return registry;
	}

	@Override
	public void abandon(Registry registry) {
		TcpProxy proxy = this.proxies.get(registry);
		proxy.refuse();
		proxy.cut();
	}

	@Override
	public void deleteEntry(ServiceInstance instance) {
		this.agent.put("/v1/agent/service/deregister/" + ConsulIds.of(instance));
	}

	@Override
	public void putMalformedEntry(String service) {
		this.agent.put("/v1/agent/service/register", """
				{"ID":"%s-bad","Name":"%s","Address":"127.0.0.1","Port":70000}""".formatted(service, service));
	}

	@Override
	public boolean putServiceConfig(String service, @Nullable String json) {
		String path = "/v1/kv/grpc-discovery/service-config/" + service;
		if (json != null) {
			this.agent.put(path, json);
		}
		else {
			this.agent.delete(path);
		}
		return true;
	}

	@Override
	public void stopServer() {
		this.agent.kill();
	}

	@Override
	public void startServer() {
		if (!this.agent.isRunning()) {
			this.agent.start();
		}
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
