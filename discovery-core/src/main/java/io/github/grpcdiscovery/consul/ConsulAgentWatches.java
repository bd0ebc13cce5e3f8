package io.github.grpcdiscovery.consul;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.internal.watch.WatchedServices;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.spi.InstancesSink;
import io.github.grpcdiscovery.spi.ServiceConfigSource;
import io.github.grpcdiscovery.spi.WatchSource;

/**
 * What is followed on one agent, by any number of queries, and the connections for it.
 */
final class ConsulAgentWatches implements AutoCloseable {

	private final String registry;

	private final ConsulSettings settings;

	private final EventLoop loop;

	private final WatchSettings watchSettings;

	private final DiscoveryObserver observer;

	private final HttpConsulApi api;

	private final AgentQueries queries;

	// by datacenter, empty for the agent's own; on the event loop only
	private final Map<String, LeaderMonitor> leaders = new HashMap<>();

	// of each watch; on the event loop only
	private final Map<InstancesSink, KnownEntries> known = new WeakHashMap<>();

	private final Map<ConsulQuery, WatchedServices> discoveries = new ConcurrentHashMap<>();

	/**
	 * Creates it; connects to nothing yet.
	 * @param registry the name that operators see
	 * @param settings how to reach the agent
	 * @param loop the registry's event loop
	 * @param watchSettings how services are followed
	 * @param observer sees what happens
	 */
	ConsulAgentWatches(String registry, ConsulSettings settings, EventLoop loop, WatchSettings watchSettings,
			DiscoveryObserver observer) {
		this.registry = registry;
		this.settings = settings;
		this.loop = loop;
		this.watchSettings = watchSettings;
		this.observer = observer;
		this.api = new HttpConsulApi(settings);
		this.queries = new AgentQueries(this.api, loop, settings.description());
	}

	ConsulApi api() {
		return this.api;
	}

	/**
	 * Where services are followed by a query.
	 * @param query which instances are of interest
	 * @return the same for equal queries
	 */
	WatchedServices discovery(ConsulQuery query) {
		return this.discoveries.computeIfAbsent(query, this::newDiscovery);
	}

	private WatchedServices newDiscovery(ConsulQuery query) {
		String options = ConsulTargetOptions.text(query, this.settings.query());
		String description = this.settings.description() + (options.isEmpty() ? "" : " with " + options.substring(1));
		return new WatchedServices(new RegistryContext(this.registry, description, this.loop, this.observer), options,
				new Source(query), this.watchSettings);
	}

	List<WatchStatus> watches() {
		return this.discoveries.values().stream().flatMap((discovery) -> discovery.watches().stream()).toList();
	}

	/**
	 * Ends every watch: no listener hears anything any more.
	 */
	void endWatches() {
		this.discoveries.values().forEach(WatchedServices::close);
	}

	/**
	 * Ends every call and waits for their threads, at most a second.
	 */
	@Override
	public void close() {
		this.api.close();
	}

	private final class Source implements WatchSource {

		private final ConsulQuery query;

		Source(ConsulQuery query) {
			this.query = query;
		}

		@Override
		public ConsulWatchAttempt attempt(String service, InstancesSink sink) {
			ConsulAgentWatches agent = ConsulAgentWatches.this;
			LeaderMonitor leaders = agent.leaders.computeIfAbsent(
					Objects.requireNonNullElse(this.query.datacenter(), ""),
					(ignored) -> new LeaderMonitor(agent.api, agent.loop, this.query.datacenter()));
			KnownEntries known = agent.known.computeIfAbsent(sink, (ignored) -> new KnownEntries());
			ServiceQueries queries = new ServiceQueries(agent.queries, agent.settings.description(), service,
					this.query);
			return new ConsulWatchAttempt(queries, leaders, known, sink);
		}

		@Override
		public ServiceConfigSource serviceConfigs() {
			return (service, sink) -> new ConsulServiceConfigAttempt(ConsulAgentWatches.this.queries, service,
					this.query, sink);
		}

	}

}
