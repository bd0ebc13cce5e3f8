package io.github.grpcdiscovery.consul;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.DiscoveryOptions;
import io.github.grpcdiscovery.ReachabilityProbe;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceDiscovery;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.ServiceRegistrar;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.internal.registration.Registrations;
import io.github.grpcdiscovery.internal.util.Printable;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * The registry Consul. Connects when it is first used; nothing here blocks but
 * {@link #close()}, and that for a few seconds at most.
 */
public final class ConsulRegistry implements Registry {

	/** The registry's name in properties and targets. */
	public static final String NAME = "consul";

	/**
	 * The usual waits between attempts to register: an agent that is back has us back
	 * within five seconds.
	 */
	public static final Backoff REGISTRATION_BACKOFF = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(4),
			Duration.ofMinutes(1));

	private static final Logger logger = LoggerFactory.getLogger(ConsulRegistry.class);

	private final ConsulSettings settings;

	private final WatchSettings watchSettings;

	private final DiscoveryObserver observer;

	private final EventLoop loop;

	private final ConsulAgentWatches watches;

	private final ServiceRegistrar registrar = new Registrar();

	// of the agents that targets name, by address; guarded by itself
	private final Map<URI, ConsulAgentWatches> otherAgents = new TreeMap<>();

	private final Registrations<ConsulRegistrationProtocol> registrations;

	private final AtomicBoolean closed = new AtomicBoolean();

	/**
	 * Creates the registry with the usual pauses between attempts.
	 * @param settings how to reach Consul
	 * @param observer sees what happens
	 */
	public ConsulRegistry(ConsulSettings settings, DiscoveryObserver observer) {
		this(settings, WatchSettings.DEFAULT, REGISTRATION_BACKOFF, observer);
	}

	/**
	 * Creates the registry. It connects when it is first used.
	 * @param settings how to reach Consul
	 * @param watchSettings how services are followed
	 * @param backoff waits between attempts to register
	 * @param observer sees what happens
	 */
	public ConsulRegistry(ConsulSettings settings, WatchSettings watchSettings, Backoff backoff,
			DiscoveryObserver observer) {
		this.settings = settings;
		this.watchSettings = watchSettings;
		this.observer = observer;
		this.loop = EventLoop.start("grpc-discovery-consul");
		this.watches = new ConsulAgentWatches(NAME, settings, this.loop, watchSettings, observer);
		this.registrations = new Registrations<>(new RegistryContext(NAME, settings.description(), this.loop, observer),
				backoff);
		if (settings.sendsTokenInTheClear()) {
			logger.warn("The token for {} is sent in the clear (fix: https, or an agent on this machine)",
					settings.description());
		}
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public String description() {
		return this.settings.description();
	}

	@Override
	public ServiceRegistrar registrar() {
		return this.registrar;
	}

	@Override
	public ServiceDiscovery discovery() {
		return discovery(this.settings.query());
	}

	/**
	 * Where services are followed by another query than that of the settings.
	 * @param query which instances are of interest
	 * @return the same for equal queries
	 */
	public ServiceDiscovery discovery(ConsulQuery query) {
		return this.watches.discovery(query);
	}

	/**
	 * Where services are followed as a target asks for it. An agent that is not the
	 * configured one gets no token, no namespace and no partition of the settings.
	 */
	@Override
	public ServiceDiscovery discovery(DiscoveryOptions options) {
		URI agent = ConsulTargetOptions.agent(this.settings.agent(), options);
		ConsulQuery query = ConsulTargetOptions.query(this.settings.query(), options);
		return (agent.equals(this.settings.agent()) ? this.watches : otherAgent(agent)).discovery(query);
	}

	private ConsulAgentWatches otherAgent(URI agent) {
		synchronized (this.otherAgents) {
			if (this.closed.get()) {
				throw new IllegalStateException(
						"%s is closed (expected: make channels before)".formatted(description()));
			}
			return this.otherAgents.computeIfAbsent(agent,
					(ignored) -> new ConsulAgentWatches(NAME + "://" + agent.getRawAuthority(),
							this.settings.ofOtherAgent(agent), this.loop, this.watchSettings, this.observer));
		}
	}

	@Override
	public List<WatchStatus> watches() {
		return allWatches().stream().flatMap((watches) -> watches.watches().stream()).toList();
	}

	private List<ConsulAgentWatches> allWatches() {
		synchronized (this.otherAgents) {
			return Stream.concat(Stream.of(this.watches), this.otherAgents.values().stream()).toList();
		}
	}

	/**
	 * Asks the agent for the address that its node has for other machines.
	 * @return completes with {@code null} if the token may not read it (agent:read), and
	 * fails with a {@link RegistryException} if there is no answer
	 */
	public CompletableFuture<@Nullable String> nodeAddress() {
		return this.watches.api().nodeAddress().toCompletableFuture();
	}

	/**
	 * Takes all instances registered here out of the lists without deregistering them, or
	 * puts them back. It outlives a loss of the registration.
	 * @param reason what operators are shown; {@code null} to end it
	 * @return completes when the agent confirmed for all
	 */
	public CompletableFuture<Void> maintenance(@Nullable String reason) {
		return CompletableFuture.allOf(this.registrations.protocols()
			.stream()
			.map((protocol) -> protocol.maintain(reason))
			.toArray(CompletableFuture[]::new));
	}

	// the call loads and connects what the registration's own calls would wait for
	private void prepare(ServiceInstance instance) {
		this.watches.api().service(ConsulIds.of(instance)).exceptionally((error) -> {
			logger.debug("{} could not be read before the registration", description(), error);
			return null;
		});
	}

	private Registration register(ServiceInstance instance) {
		ConsulRegistrationProtocol protocol = new ConsulRegistrationProtocol(this.watches.api(), this.loop,
				this.settings, instance, this.watchSettings.reachability(), ReachabilityProbe.REFUSAL);
		if (!ConsulServiceName.isServedByDns(instance.service())) {
			logger.warn(
					"Consul's DNS does not serve the service name '{}' (expected: {}). Clients that ask Consul by HTTP, "
							+ "such as those of this starter, find it",
					Printable.of(instance.service()), ConsulServiceName.DNS_RULE);
		}
		return this.registrations.register(instance, protocol);
	}

	@Override
	public void close() {
		if (!this.closed.compareAndSet(false, true)) {
			return;
		}
		List<ConsulAgentWatches> agents = allWatches();
		agents.forEach(ConsulAgentWatches::endWatches);
		this.registrations.close();
		agents.forEach(ConsulAgentWatches::close);
		this.loop.close();
	}

	@Override
	public String toString() {
		return "ConsulRegistry[" + this.settings + "]";
	}

	private final class Registrar implements ServiceRegistrar {

		@Override
		public String registry() {
			return NAME;
		}

		@Override
		public void prepare(ServiceInstance instance) {
			ConsulRegistry.this.prepare(instance);
		}

		@Override
		public Registration register(ServiceInstance instance) {
			return ConsulRegistry.this.register(instance);
		}

	}

}
