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

	/** More than the time that a list rests after it was handed over (100 ms). */
	private static final Duration QUIET = Duration.ofMillis(130);

	private static final int EVENTS_AT_ONCE = 50;

	/** From before the put to the first answer of the new instance. */
	final Samples joined = new Samples();

	/** From before the put to the new list. */
	final Samples listed = new Samples();

	/** From before the put to the plain program's watch event. */
	final Samples plain = new Samples();

	/** The same while the channel is being used. */
	final Samples plainDuringCalls = new Samples();

	/** From the list handed to a bare channel to the first answer of the new instance. */
	final Samples pushed = new Samples();

	private final List<EchoServer> servers;

	private final EtcdServer etcd;

	private final Etcd writer;

	private final PlainWatch watch;

	private final Registry registry;

	private final ManagedChannel channel;

	private final Calls calls;

	private final PushedNameResolver resolver = new PushedNameResolver();

	private final ManagedChannel pushedChannel;

	private final Calls pushedCalls;

	private volatile List<ServiceInstance> known = List.of();

	private volatile long knownAt;

	JoinRounds() {
		this.servers = IntStream.range(0, STANDING + JOINING).mapToObj(EchoServer::start).toList();
		this.etcd = EtcdServer.started();
		this.writer = new Etcd(this.etcd.endpoint());
		this.watch = new PlainWatch(this.etcd.endpoint(), PLAIN + "/");
		this.writer.putAll(SERVICE, standing());
		this.registry = Channels.etcd(this.etcd.endpoint());
		this.registry.discovery().watch(SERVICE, this::onInstances);
		this.channel = Channels.discoveredBuilder(this.registry, SERVICE).build();
		this.calls = new Calls(this.channel);
		this.resolver.push(standing());
		NameResolverRegistry.getDefaultRegistry().register(this.resolver);
		this.pushedChannel = NettyChannelBuilder.forTarget(PushedNameResolver.SCHEME + ":///" + SERVICE)
			.defaultLoadBalancingPolicy("round_robin")
			.usePlaintext()
			.build();
		this.pushedCalls = new Calls(this.pushedChannel);
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
		for (int i = 0; i < connections; i++) {
			int number = STANDING + i % JOINING;
			pushed(number, this.servers.get(number).address());
		}
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

	private void forget() {
		List.of(this.joined, this.listed, this.plain, this.plainDuringCalls, this.pushed).forEach(Samples::clear);
	}

	void run(int rounds) {
		for (int i = 0; i < rounds; i++) {
			int number = STANDING + i % JOINING;
			String address = this.servers.get(number).address();
			plain(address, this.plain);
			pushed(number, address);
			this.calls.start();
			plain(address, this.plainDuringCalls);
			Pause.until("the list at rest", () -> this.known.size() == STANDING);
			Pause.of(QUIET.plusMillis(ThreadLocalRandom.current().nextInt(20)));
			join(number, address);
			this.calls.stop();
			this.writer.delete(SERVICE, address);
		}
	}

	private void plain(String address, Samples samples) {
		CompletableFuture<Long> seen = this.watch.expect(PLAIN + "/" + address);
		long start = System.nanoTime();
		CompletableFuture<?> put = this.writer.put(PLAIN, address);
		samples.add(Etcd.await(seen) - start);
		Etcd.await(put);
		this.writer.delete(PLAIN, address);
	}

	private void pushed(int number, String address) {
		List<String> addresses = new ArrayList<>(standing());
		addresses.add(address);
		this.pushedCalls.start();
		CompletableFuture<Long> answered = this.pushedCalls.expect(number);
		long start = System.nanoTime();
		this.resolver.push(addresses);
		this.pushed.add(Etcd.await(answered) - start);
		this.pushedCalls.stop();
		this.resolver.push(standing());
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
		this.pushedChannel.shutdownNow();
		NameResolverRegistry.getDefaultRegistry().deregister(this.resolver);
		this.registry.close();
		this.watch.close();
		this.writer.close();
		this.etcd.close();
		this.servers.forEach(EchoServer::close);
	}

}
