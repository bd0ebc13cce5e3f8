package io.github.grpcdiscovery.benchmarks.scale;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannel;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.benchmarks.Benchmark;
import io.github.grpcdiscovery.benchmarks.Channels;
import io.github.grpcdiscovery.benchmarks.Etcd;
import io.github.grpcdiscovery.benchmarks.Options;
import io.github.grpcdiscovery.benchmarks.Pause;
import io.github.grpcdiscovery.benchmarks.Report;
import io.github.grpcdiscovery.benchmarks.Samples;
import io.github.grpcdiscovery.resolver.DiscoveryNameResolverProvider;
import io.github.grpcdiscovery.testsupport.EtcdServer;

/**
 * What services of 100, 1000 and 10 000 instances cost: to list, to follow one change, to
 * remember. No connection is made to the instances; that is grpc-java's part.
 */
public final class ScaleBenchmark implements Benchmark {

	private static final Duration QUIET = Duration.ofMillis(130);

	private static final String JOINING = "127.0.0.1:9999";

	private final AtomicReference<Seen> seen = new AtomicReference<>(new Seen(0, 0));

	private final SinkLoadBalancerProvider sink = new SinkLoadBalancerProvider(
			(size) -> this.seen.set(new Seen(size, System.nanoTime())));

	@Override
	public Report run(Options options) throws Exception {
		Report report = new Report("scale", "What large services cost", "instances", "list and parse, p50",
				"plain jetcd get of the same, p50", "put to the load balancer, p50", "p90", "memory an instance");
		LoadBalancerRegistry.getDefaultRegistry().register(this.sink);
		try (EtcdServer etcd = EtcdServer.started(); Etcd writer = new Etcd(etcd.endpoint())) {
			for (int size : List.of(100, 1000, 10_000)) {
				measure(size, options, etcd, writer, report);
			}
		}
		finally {
			LoadBalancerRegistry.getDefaultRegistry().deregister(this.sink);
		}
		report.note("List and parse: from the subscription to the first list, over a connection that is open. "
				+ "The plain get asks for all keys at once and parses nothing but the protocol.");
		report.note("Put to the load balancer: from the moment before the put of one more instance to the policy's "
				+ "having all addresses.");
		report
			.note("Memory: heap after a full collection with one channel that follows the service, less that without, "
					+ "divided by the instances; the instance, its key and its address group.");
		return report;
	}

	private void measure(int size, Options options, EtcdServer etcd, Etcd writer, Report report) throws Exception {
		String service = "scale-" + size;
		writer.putAll(service,
				IntStream.range(0, size)
					.mapToObj((i) -> "10." + i / 62_500 + "." + i / 250 % 250 + "." + (i % 250 + 1) + ":9090")
					.toList());
		Samples plain = plainGets(etcd, service, options.choose(20, 5));
		Samples listings = listings(etcd, service, size, options.choose(20, 5));
		Samples updates = new Samples();
		double bytes;
		try (Registry registry = Channels.etcd(etcd.endpoint())) {
			registry.discovery().watch("scale-warm-up", (instances) -> {
			});
			long before = usedHeap();
			ManagedChannel channel = Channels.discoveredBuilder(registry, service)
				.setNameResolverArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY,
						SinkLoadBalancerProvider.POLICY)
				.build();
			channel.getState(true);
			Pause.until("the list of " + size, () -> this.seen.get().size() == size);
			bytes = (usedHeap() - before) / (double) size;
			updates(service, size, writer, options.choose(20, 5));
			updates = updates(service, size, writer, options.choose(30, 8));
			channel.shutdownNow();
		}
		report.row(String.valueOf(size), listings.show(50), plain.show(50), updates.show(50), updates.show(90),
				String.format(Locale.ROOT, "%.0f bytes", bytes));
		report.figure("list" + size + "P50Millis", listings.median());
		report.figure("plainGet" + size + "P50Millis", plain.median());
		report.figure("update" + size + "P50Millis", updates.median());
		report.figure("update" + size + "P90Millis", updates.percentile(90));
		report.figure("memory" + size + "Bytes", bytes);
	}

	private static Samples plainGets(EtcdServer etcd, String service, int rounds) {
		Samples samples = new Samples();
		GetOption option = GetOption.builder().isPrefix(true).build();
		try (Client client = Client.builder().endpoints(etcd.endpoint()).maxInboundMessageSize(32 << 20).build()) {
			for (int i = 0; i < rounds * 2; i++) {
				long start = System.nanoTime();
				GetResponse response = Etcd.await(client.getKVClient().get(Etcd.bytes(service + "/"), option));
				int found = response.getKvs().size();
				if (i >= rounds && found > 0) {
					samples.add(System.nanoTime() - start);
				}
			}
		}
		return samples;
	}

	private static Samples listings(EtcdServer etcd, String service, int size, int rounds) {
		Samples samples = new Samples();
		for (int i = 0; i < rounds * 2; i++) {
			try (Registry registry = Channels.etcd(etcd.endpoint())) {
				AtomicReference<Seen> warm = new AtomicReference<>(new Seen(-1, 0));
				registry.discovery().watch("scale-warm-up", (instances) -> warm.set(new Seen(0, 0)));
				Pause.until("the connection", () -> warm.get().size() == 0);
				AtomicReference<Seen> first = new AtomicReference<>(new Seen(0, 0));
				long start = System.nanoTime();
				Subscription subscription = registry.discovery()
					.watch(service, (instances) -> first.set(Seen.now(instances)));
				Pause.until("the list of " + size, () -> first.get().size() == size);
				if (i >= rounds) {
					samples.add(first.get().at() - start);
				}
				subscription.close();
			}
		}
		return samples;
	}

	private Samples updates(String service, int size, Etcd writer, int rounds) {
		Samples samples = new Samples();
		for (int i = 0; i < rounds; i++) {
			Pause.of(QUIET);
			long start = System.nanoTime();
			Etcd.await(writer.put(service, JOINING));
			Pause.until("one more", () -> this.seen.get().size() == size + 1);
			samples.add(this.seen.get().at() - start);
			Pause.of(QUIET);
			writer.delete(service, JOINING);
			Pause.until("one less", () -> this.seen.get().size() == size);
		}
		return samples;
	}

	private static long usedHeap() {
		for (int i = 0; i < 3; i++) {
			System.gc();
			Pause.of(Duration.ofMillis(50));
		}
		Runtime runtime = Runtime.getRuntime();
		return runtime.totalMemory() - runtime.freeMemory();
	}

	private record Seen(int size, long at) {

		static Seen now(List<ServiceInstance> instances) {
			return new Seen(instances.size(), System.nanoTime());
		}

	}

}
