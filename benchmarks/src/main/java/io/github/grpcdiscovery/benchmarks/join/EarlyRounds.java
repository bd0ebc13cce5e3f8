package io.github.grpcdiscovery.benchmarks.join;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.benchmarks.Channels;
import io.github.grpcdiscovery.benchmarks.EchoServer;
import io.github.grpcdiscovery.benchmarks.Etcd;
import io.github.grpcdiscovery.benchmarks.Pause;
import io.github.grpcdiscovery.benchmarks.Samples;

/**
 * Lets the first instance of a service register while a call waits for it, and looks at
 * the clock.
 */
final class EarlyRounds implements AutoCloseable {

	private static final byte[] REQUEST = {};

	private static final Duration DEREGISTER = Duration.ofSeconds(5);

	/** Some are within the time that a list rests after it was handed over (100 ms). */
	private static final int MOST_MILLIS_OF_KNOWING = 150;

	// healthy, since Consul probes it at any moment
	private final EchoServer server = EchoServer.start(0, new HealthService().definition());

	private final Registry registering;

	private final Registry following;

	private int service;

	EarlyRounds(Supplier<Registry> registries) {
		this.registering = registries.get();
		this.following = registries.get();
	}

	/** Runs rounds that count nothing. */
	void warmUp(int rounds) {
		for (int i = 0; i < rounds; i++) {
			round();
		}
	}

	/**
	 * Runs rounds.
	 * @return their times
	 */
	Samples run(int rounds) {
		Samples samples = new Samples();
		for (int i = 0; i < rounds; i++) {
			samples.add(round());
		}
		return samples;
	}

	private long round() {
		String name = "early-" + this.service++;
		AtomicBoolean known = new AtomicBoolean();
		ManagedChannel channel = Channels.discoveredBuilder(this.following, name).build();
		try (Subscription ignored = this.following.discovery().watch(name, (instances) -> known.set(true))) {
			CompletableFuture<Long> answered = new CompletableFuture<>();
			ListenableFuture<byte[]> call = ClientCalls
				.futureUnaryCall(channel.newCall(EchoServer.METHOD, CallOptions.DEFAULT.withWaitForReady()), REQUEST);
			call.addListener(() -> answered.complete(System.nanoTime()), Runnable::run);
			Pause.until("the empty list", known::get);
			Pause.of(Duration.ofMillis(ThreadLocalRandom.current().nextInt(MOST_MILLIS_OF_KNOWING)));
			long start = System.nanoTime();
			Registration registration = this.registering.registrar().register(instance(name));
			long time = Etcd.await(answered) - start;
			if (!Etcd.await(registration.deregister(DEREGISTER))) {
				throw new IllegalStateException("not deregistered: " + registration.status());
			}
			return time;
		}
		finally {
			channel.shutdownNow();
		}
	}

	private ServiceInstance instance(String name) {
		HostAndPort address = HostAndPort.parse(this.server.address());
		return ServiceInstance.of(name, address.host(), address.port());
	}

	@Override
	public void close() {
		this.following.close();
		this.registering.close();
		this.server.close();
	}

}
