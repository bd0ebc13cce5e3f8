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

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.benchmarks.Channels;
import io.github.grpcdiscovery.benchmarks.EchoServer;
import io.github.grpcdiscovery.benchmarks.Etcd;
import io.github.grpcdiscovery.benchmarks.Pause;
import io.github.grpcdiscovery.benchmarks.Samples;
import io.github.grpcdiscovery.testsupport.EtcdServer;

/**
 * Lets instances join, one a round, and looks at the clock.
 */
final class JoinRounds implements AutoCloseable {

	/** Registered all the time. */
	static final int STANDING = 2;

	/** Come and go. */
	private static final int JOINING = 4;

	private static final String SERVICE = "join";

	private static final String PLAIN = "plain";

	private static final String BY_HAND = "by-hand";

	/** More than the time that a list rests after it was handed over (100 ms). */
	private static final Duration QUIET = Duration.ofMillis(130);

	private static final int EVENTS_AT_ONCE = 50;

	/** From before the put to the first answer of the new instance. */
	final Samples joined = new Samples();

	/** The first rounds of the JVM, before anything is warm. */
	final Samples joinedCold = new Samples();

	/** Likewise, by hand. */
	final Samples byHandCold = new Samples();

	/** From before the put to the new list. */
	final Samples listed = new Samples();

	/** From before the put to the plain program's watch event. */
	final Samples plain = new Samples();

	/** From before the put to the first answer, with the shortest watch and resolver. */
	final Samples byHand = new Samples();

	private final List<EchoServer> servers;

	private final EtcdServer etcd;

	private final Etcd writer;

	private final PlainWatch watch;

	private final PlainWatch byHandWatch;

	private final Registry registry;

	private final ManagedChannel channel;

	private final Calls calls;

	private final PushedNameResolver resolver = new PushedNameResolver();

	private final ManagedChannel byHandChannel;

	private final Calls byHandCalls;

	private volatile List<ServiceInstance> known = List.of();

	private volatile long knownAt;

	JoinRounds() {
		this.servers = IntStream.range(0, STANDING + JOINING).mapToObj(EchoServer::start).toList();
		this.etcd = EtcdServer.started();
		this.writer = new Etcd(this.etcd.endpoint());
		this.watch = new PlainWatch(this.etcd.endpoint(), PLAIN + "/", (key) -> {
		});
		this.byHandWatch = new PlainWatch(this.etcd.endpoint(), BY_HAND + "/",
				(key) -> push(key.substring(BY_HAND.length() + 1)));
		this.writer.putAll(SERVICE, standing());
		this.registry = Channels.etcd(this.etcd.endpoint());
		this.registry.discovery().watch(SERVICE, this::onInstances);
		this.channel = Channels.discoveredBuilder(this.registry, SERVICE).build();
		this.calls = new Calls(this.channel);
		this.resolver.push(standing());
		NameResolverRegistry.getDefaultRegistry().register(this.resolver);
		this.byHandChannel = NettyChannelBuilder.forTarget(PushedNameResolver.SCHEME + ":///" + SERVICE)
			.defaultLoadBalancingPolicy("round_robin")
			.usePlaintext()
			.build();
		this.byHandCalls = new Calls(this.byHandChannel);
	}

	private List<String> standing() {
		return this.servers.subList(0, STANDING).stream().map(EchoServer::address).toList();
	}

	private void onInstances(List<ServiceInstance> instances) {
		this.knownAt = System.nanoTime();
		this.known = instances;
	}

	/**
	 * Lets the JVM compile what is measured: connections are made and dropped, and both
	 * watches see as many events.
	 */
	void warmUp(int connections, int events, int rounds) {
		this.byHandCalls.start();
		for (int i = 0; i < connections; i++) {
			int number = STANDING + i % JOINING;
			CompletableFuture<Long> answered = this.byHandCalls.expect(number);
			push(this.servers.get(number).address());
			Etcd.await(answered);
			this.resolver.push(standing());
		}
		this.byHandCalls.stop();
		String standing = this.servers.get(0).address();
		for (String service : List.of(SERVICE, PLAIN)) {
			for (int i = 0; i < events; i += EVENTS_AT_ONCE) {
				Etcd.await(CompletableFuture.allOf(IntStream.range(0, EVENTS_AT_ONCE)
					.mapToObj((number) -> this.writer.put(service, standing, 1 + number))
					.toArray(CompletableFuture[]::new)));
			}
		}
		this.writer.deleteAll(PLAIN);
		run(rounds);
		forget();
	}

	/**
	 * The first rounds of the JVM.
	 */
	void runCold(int rounds) {
		run(rounds);
		this.joinedCold.addAll(this.joined);
		this.byHandCold.addAll(this.byHand);
		forget();
	}

	private void forget() {
		List.of(this.joined, this.listed, this.plain, this.byHand).forEach(Samples::clear);
	}

	void run(int rounds) {
		for (int i = 0; i < rounds; i++) {
			int number = STANDING + i % JOINING;
			String address = this.servers.get(number).address();
			rest();
			plain(address);
			rest();
			this.byHandCalls.start();
			byHand(number, address);
			this.byHandCalls.stop();
			this.resolver.push(standing());
			rest();
			this.calls.start();
			join(number, address);
			this.calls.stop();
			this.writer.delete(SERVICE, address);
			Pause.until("the list as before", () -> this.known.size() == STANDING);
		}
	}

	// before each of the three, so that none finds the machine warmer than the others
	private static void rest() {
		Pause.of(QUIET.plusMillis(ThreadLocalRandom.current().nextInt(20)));
	}

	private void plain(String address) {
		CompletableFuture<Long> seen = this.watch.expect(PLAIN + "/" + address);
		long start = System.nanoTime();
		CompletableFuture<?> put = this.writer.put(PLAIN, address);
		this.plain.add(Etcd.await(seen) - start);
		Etcd.await(put);
		this.writer.delete(PLAIN, address);
	}

	private void push(String joining) {
		List<String> addresses = new ArrayList<>(standing());
		addresses.add(joining);
		this.resolver.push(addresses);
	}

	private void byHand(int number, String address) {
		CompletableFuture<Long> answered = this.byHandCalls.expect(number);
		long start = System.nanoTime();
		CompletableFuture<?> put = this.writer.put(BY_HAND, address);
		this.byHand.add(Etcd.await(answered) - start);
		Etcd.await(put);
		this.writer.delete(BY_HAND, address);
	}

	private void join(int number, String address) {
		CompletableFuture<Long> answered = this.calls.expect(number);
		long start = System.nanoTime();
		CompletableFuture<?> put = this.writer.put(SERVICE, address);
		this.joined.add(Etcd.await(answered) - start);
		this.listed.add(this.knownAt - start);
		Etcd.await(put);
	}

	@Override
	public void close() {
		this.channel.shutdownNow();
		this.byHandChannel.shutdownNow();
		NameResolverRegistry.getDefaultRegistry().deregister(this.resolver);
		this.registry.close();
		this.watch.close();
		this.byHandWatch.close();
		this.writer.close();
		this.etcd.close();
		this.servers.forEach(EchoServer::close);
	}

}
