package io.github.grpcdiscovery.benchmarks.join;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

import io.grpc.ManagedChannel;
import io.grpc.NameResolverRegistry;
import io.grpc.netty.NettyChannelBuilder;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.benchmarks.Channels;
import io.github.grpcdiscovery.benchmarks.EchoServer;
import io.github.grpcdiscovery.benchmarks.Etcd;
import io.github.grpcdiscovery.benchmarks.Pause;
import io.github.grpcdiscovery.benchmarks.Samples;
import io.github.grpcdiscovery.testsupport.ConsulAgent;

/**
 * Lets instances register in Consul, one a round, and looks at the clock; then lets them
 * fall ill.
 */
final class ConsulRounds implements AutoCloseable {

	/** Registered all the time. */
	static final int STANDING = 2;

	/** Come and go. */
	private static final int JOINING = 4;

	/** The check of the instances that fall ill: the shortest that Consul does. */
	static final Duration INTERVAL = Duration.ofSeconds(1);

	static final Duration TIMEOUT = Duration.ofMillis(500);

	private static final String SERVICE = "join";

	private static final String PLAIN = "plain";

	private static final String ILL = "ill";

	/** More than the time that a list rests after it was handed over (100 ms). */
	private static final Duration QUIET = Duration.ofMillis(130);

	private static final Duration DEREGISTER = Duration.ofSeconds(5);

	/** From before the registration to the first answer of the new instance. */
	final Samples joined = new Samples();

	/** The first rounds of the JVM, before anything is warm. */
	final Samples joinedCold = new Samples();

	/** From before the registration to the new list. */
	final Samples listed = new Samples();

	/** From before the plain program's registration to its blocking query's answer. */
	final Samples plain = new Samples();

	/** From the moment an instance says that it is unwell to the list without it. */
	final Samples unwell = new Samples();

	/** From the moment an instance no longer answers to the list without it. */
	final Samples silent = new Samples();

	private final List<HealthService> health = IntStream.range(0, STANDING + JOINING)
		.mapToObj((number) -> new HealthService())
		.toList();

	private final List<EchoServer> servers = IntStream.range(0, STANDING + JOINING)
		.mapToObj((number) -> EchoServer.start(number, this.health.get(number).definition()))
		.toList();

	private final ConsulAgent agent;

	private final PlainConsul plainConsul;

	private final Registry registering;

	private final Registry probed;

	private final Registry following;

	private final ManagedChannel channel;

	private final Calls calls;

	private volatile List<ServiceInstance> known = List.of();

	private volatile long knownAt;

	private volatile boolean illListed;

	private volatile long illListedAt;

	ConsulRounds() {
		this.agent = ConsulAgent.started();
		for (int i = 0; i < STANDING; i++) {
			this.agent.put("/v1/agent/service/register",
					PlainConsul.body(SERVICE, "standing-" + i, this.servers.get(i).address()));
		}
		this.plainConsul = new PlainConsul(this.agent.endpoint(), PLAIN);
		this.registering = Channels.consul(this.agent.endpoint());
		this.probed = Channels.consul(this.agent.endpoint(), INTERVAL, TIMEOUT);
		this.following = Channels.consul(this.agent.endpoint());
		this.following.discovery().watch(SERVICE, this::onInstances);
		this.probed.discovery().watch(ILL, this::onIllInstances);
		this.channel = Channels.discoveredBuilder(this.following, SERVICE).build();
		this.calls = new Calls(this.channel);
		Pause.until("the plain program follows", this.plainConsul::follows);
	}

	private void onInstances(List<ServiceInstance> instances) {
		this.knownAt = System.nanoTime();
		this.known = instances;
	}

	private void onIllInstances(List<ServiceInstance> instances) {
		this.illListedAt = System.nanoTime();
		this.illListed = !instances.isEmpty();
	}

	/**
	 * The first rounds of the JVM.
	 */
	void runCold(int rounds) {
		run(rounds);
		this.joinedCold.addAll(this.joined);
		forget();
	}

	/**
	 * Lets the JVM compile what is measured.
	 * @param connections how many are made and dropped
	 * @param rounds how many instances join
	 */
	void warmUp(int connections, int rounds) {
		PushedNameResolver resolver = new PushedNameResolver();
		List<String> standing = this.servers.subList(0, STANDING).stream().map(EchoServer::address).toList();
		resolver.push(standing);
		NameResolverRegistry.getDefaultRegistry().register(resolver);
		ManagedChannel pushed = NettyChannelBuilder.forTarget(PushedNameResolver.SCHEME + ":///" + SERVICE)
			.defaultLoadBalancingPolicy("round_robin")
			.usePlaintext()
			.build();
		Calls pushedCalls = new Calls(pushed);
		pushedCalls.start();
		for (int i = 0; i < connections; i++) {
			int number = STANDING + i % JOINING;
			CompletableFuture<Long> answered = pushedCalls.expect(number);
			List<String> addresses = new ArrayList<>(standing);
			addresses.add(this.servers.get(number).address());
			resolver.push(addresses);
			Etcd.await(answered);
			resolver.push(standing);
		}
		pushedCalls.stop();
		pushed.shutdownNow();
		NameResolverRegistry.getDefaultRegistry().deregister(resolver);
		run(rounds);
		forget();
	}

	private void forget() {
		List.of(this.joined, this.listed, this.plain).forEach(Samples::clear);
	}

	void run(int rounds) {
		for (int i = 0; i < rounds; i++) {
			int number = STANDING + i % JOINING;
			rest();
			plain(number, "plain-" + i);
			rest();
			this.calls.start();
			join(number);
			this.calls.stop();
		}
	}

	// before each of the two, so that none finds the machine warmer than the other
	private static void rest() {
		Pause.of(QUIET.plusMillis(ThreadLocalRandom.current().nextInt(20)));
	}

	private void plain(int number, String id) {
		CompletableFuture<Long> seen = this.plainConsul.expect(id);
		long start = System.nanoTime();
		this.plainConsul.register(id, this.servers.get(number).address());
		this.plain.add(Etcd.await(seen) - start);
		this.plainConsul.deregister(id);
	}

	private void join(int number) {
		ServiceInstance instance = instance(SERVICE, number);
		CompletableFuture<Long> answered = this.calls.expect(number);
		long start = System.nanoTime();
		Registration registration = this.registering.registrar().register(instance);
		this.joined.add(Etcd.await(answered) - start);
		this.listed.add(this.knownAt - start);
		deregister(registration);
		Pause.until("the list as before", () -> this.known.size() == STANDING);
	}

	private static void deregister(Registration registration) {
		Etcd.await(registration.registered());
		if (!Etcd.await(registration.deregister(DEREGISTER))) {
			throw new IllegalStateException("not deregistered: " + registration.status());
		}
	}

	private ServiceInstance instance(String service, int number) {
		HostAndPort address = HostAndPort.parse(this.servers.get(number).address());
		return ServiceInstance.of(service, address.host(), address.port());
	}

	/**
	 * Lets the only instance of a service fall ill at any moment between two probes, in
	 * both ways in turn. It listens all the time.
	 */
	void fallIll(int rounds) {
		for (int i = 0; i < rounds; i++) {
			int number = STANDING + i % JOINING;
			Registration registration = this.probed.registrar().register(instance(ILL, number));
			Pause.until("the new list", () -> this.illListed);
			// the first probe comes within an interval
			Pause.of(INTERVAL.plusMillis(ThreadLocalRandom.current().nextLong(INTERVAL.toMillis())));
			boolean silent = i % 2 == 1;
			long start = System.nanoTime();
			this.health.get(number).set(silent ? HealthService.State.SILENT : HealthService.State.NOT_SERVING);
			Pause.until("the list without it", () -> !this.illListed);
			(silent ? this.silent : this.unwell).add(this.illListedAt - start);
			deregister(registration);
			this.health.get(number).set(HealthService.State.SERVING);
		}
	}

	@Override
	public void close() {
		this.channel.shutdownNow();
		this.following.close();
		this.registering.close();
		this.probed.close();
		this.plainConsul.close();
		this.agent.close();
		this.servers.forEach(EchoServer::close);
	}

}
