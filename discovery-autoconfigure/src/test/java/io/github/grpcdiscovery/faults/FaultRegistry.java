package io.github.grpcdiscovery.faults;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.consul.ConsulRegistry;
import io.github.grpcdiscovery.consul.ConsulSettings;
import io.github.grpcdiscovery.etcd.EtcdRegistry;
import io.github.grpcdiscovery.etcd.EtcdSettings;
import io.github.grpcdiscovery.internal.retry.IdempotentCallRetry;
import io.github.grpcdiscovery.resolver.DiscoveryNameResolverProvider;
import io.github.grpcdiscovery.resolver.Registries;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulAgent;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.SteadyCaller;

/**
 * A real registry with the settings that users have, for servers in processes of their
 * own and for clients in this one.
 */
public final class FaultRegistry implements AutoCloseable {

	private final AutoCloseable server;

	private final Registry registry;

	private final String[] properties;

	private final Runnable kill;

	private final Runnable start;

	private final Runnable wipe;

	private final Runnable deleteAll;

	private FaultRegistry(AutoCloseable server, Runnable kill, Runnable start, Runnable wipe, Runnable deleteAll,
			Registry registry, String... properties) {
		this.deleteAll = deleteAll;
		this.kill = kill;
		this.start = start;
		this.wipe = wipe;
		this.server = server;
		this.registry = registry;
		this.properties = properties;
	}

	static FaultRegistry etcd() {
		EtcdServer server = EtcdServer.started();
		return new FaultRegistry(server, server::kill, server::start, server::wipe, () -> server.deletePrefix("echo/"),
				new EtcdRegistry(EtcdSettings.of(server.endpoint()), WatchSettings.DEFAULT, Backoff.DEFAULT,
						DiscoveryObserver.NONE),
				"grpc.discovery.etcd.endpoints=" + server.endpoint());
	}

	static FaultRegistry consul() {
		ConsulAgent agent = ConsulAgent.started();
		return new FaultRegistry(agent, agent::kill, agent::start, agent::wipe, () -> deregisterAll(agent),
				new ConsulRegistry(ConsulSettings.of(agent.endpoint()), WatchSettings.DEFAULT,
						ConsulRegistry.REGISTRATION_BACKOFF, DiscoveryObserver.NONE),
				"grpc.discovery.consul.host=127.0.0.1", "grpc.discovery.consul.port=" + agent.httpPort());
	}

	/**
	 * Starts a registry.
	 * @param name {@code etcd} or {@code consul}
	 * @return closed after the test
	 */
	public static FaultRegistry started(String name) {
		return name.equals("etcd") ? etcd() : consul();
	}

	private static void deregisterAll(ConsulAgent agent) {
		Matcher ids = Pattern.compile("\"ID\": *\"(echo[^\"]*)\"").matcher(agent.get("/v1/agent/services"));
		while (ids.find()) {
			agent.put("/v1/agent/service/deregister/" + ids.group(1));
		}
	}

	/** All instances are taken out at once, by mistake. */
	public void deleteAll() {
		this.deleteAll.run();
	}

	/** SIGKILL. */
	public void kill() {
		this.kill.run();
	}

	/** Starts it again, with what it has on disk. */
	public void start() {
		this.start.run();
	}

	/** SIGKILL; started again without its data. */
	public void wipe() {
		this.wipe.run();
	}

	/**
	 * What makes an application use it.
	 * @param more further properties
	 * @return all of them
	 */
	public String[] properties(String... more) {
		return Stream.concat(Stream.of(this.properties), Stream.of(more)).toArray(String[]::new);
	}

	/**
	 * The registry as this process uses it.
	 * @return closed with this
	 */
	public Registry registry() {
		return this.registry;
	}

	/**
	 * A channel to echo, as an application has it.
	 * @return to be shut down
	 */
	public ManagedChannel channel() {
		return channelBuilder(this.registry).build();
	}

	/**
	 * Likewise, of an application whose calls may be sent again, as docs/operations.md
	 * says.
	 * @return to be shut down
	 */
	ManagedChannel channelThatSendsAgain() {
		Map<String, Object> retryPolicy = Map.of("maxAttempts", 3.0, "initialBackoff", "0.05s", "maxBackoff", "1s",
				"backoffMultiplier", 2.0, "retryableStatusCodes", List.of("UNAVAILABLE"));
		return channelBuilder(this.registry).setNameResolverArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY, "")
			.defaultLoadBalancingPolicy("discovery_least_load")
			.defaultServiceConfig(
					Map.of("methodConfig", List.of(Map.of("name", List.of(Map.of()), "retryPolicy", retryPolicy))))
			.build();
	}

	/**
	 * A channel to echo by way of any registry, to be completed.
	 * @param registry where the instances are
	 * @return as an application has it
	 */
	public static NettyChannelBuilder channelBuilder(Registry registry) {
		return NettyChannelBuilder.forTarget("discovery:///echo")
			.usePlaintext()
			.intercept(new IdempotentCallRetry())
			.setNameResolverArg(DiscoveryNameResolverProvider.REGISTRIES, Registries.only(registry.discovery()));
	}

	/**
	 * Waits until every server answers, nothing fails any more and this JVM is warm.
	 * @param caller makes the calls
	 * @param servers how many there are
	 */
	public static void warmUp(SteadyCaller caller, int servers) {
		Duration window = Duration.ofSeconds(2);
		Conditions.await(Duration.ofMinutes(3)).pollDelay(window).pollInterval(window).until(() -> {
			boolean warm = isWarm(caller, servers);
			caller.forget();
			return warm;
		});
	}

	// a busy machine makes some calls late at any time
	private static boolean isWarm(SteadyCaller caller, int servers) {
		List<SteadyCaller.Outcome> answers = caller.answers((answer) -> true);
		return caller.failures().isEmpty()
				&& answers.stream().map(SteadyCaller.Outcome::answeredBy).distinct().count() == servers
				&& 20 * answers.stream()
					.filter((answer) -> answer.ended() - answer.began() > 300_000_000L)
					.count() < answers.size();
	}

	@Override
	public void close() throws Exception {
		this.registry.close();
		this.server.close();
	}

}
