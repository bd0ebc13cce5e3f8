package io.github.grpcdiscovery.benchmarks.startup;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import com.google.common.util.concurrent.ListenableFuture;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.benchmarks.Benchmark;
import io.github.grpcdiscovery.benchmarks.Channels;
import io.github.grpcdiscovery.benchmarks.EchoServer;
import io.github.grpcdiscovery.benchmarks.Etcd;
import io.github.grpcdiscovery.benchmarks.Limit;
import io.github.grpcdiscovery.benchmarks.Options;
import io.github.grpcdiscovery.benchmarks.Report;
import io.github.grpcdiscovery.benchmarks.Samples;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.FreePorts;

/**
 * How long a caller that is up waits for the first answer of a server whose JVM has just
 * started: since the server is registered, and since its process was launched. With the
 * call that a server makes to itself before it registers, and without.
 */
public final class NewcomerBenchmark implements Benchmark {

	private static final byte[] REQUEST = {};

	private static final double MOST_MILLIS = 30;

	/** Two medians of the same differ by as much. */
	private static final double NO_LATER = 1.02;

	private int service;

	@Override
	public Report run(Options options) {
		try (EtcdServer etcd = EtcdServer.started();
				Client client = Client.builder().endpoints(etcd.endpoint()).build();
				Registry following = Channels.etcd(etcd.endpoint())) {
			String endpoints = "--grpc.discovery.etcd.endpoints=" + etcd.endpoint();
			List<Variant> variants = List.of(
					new Variant("does not call itself",
							List.of(endpoints, "--grpc.discovery.registration.self-check=0")),
					new Variant("**calls itself before it registers**", List.of(endpoints)));
			// the caller has to be warm
			variants.forEach((variant) -> measure(variant, client, following));
			variants.forEach(Variant::clear);
			int rounds = options.choose(20, 3);
			for (int round = 0; round < rounds; round++) {
				for (int i = 0; i < variants.size(); i++) {
					measure(variants.get((i + round) % variants.size()), client, following);
				}
				System.out.printf("start %d of %d%n", round + 1, rounds);
			}
			return report(variants);
		}
	}

	private void measure(Variant variant, Client client, Registry following) {
		String name = "newcomer-" + this.service++;
		int port = FreePorts.next();
		CompletableFuture<Long> key = new CompletableFuture<>();
		CompletableFuture<Long> answer = new CompletableFuture<>();
		WatchOption option = WatchOption.builder().isPrefix(true).withNoDelete(true).build();
		ManagedChannel channel = Channels.discoveredBuilder(following, name).build();
		try (Watch.Watcher ignored = client.getWatchClient()
			.watch(Etcd.bytes(name + "/"), option, (response) -> key.complete(System.nanoTime()))) {
			ListenableFuture<byte[]> call = ClientCalls
				.futureUnaryCall(channel.newCall(EchoServer.METHOD, CallOptions.DEFAULT.withWaitForReady()), REQUEST);
			call.addListener(() -> answer.complete(System.nanoTime()), Runnable::run);
			List<String> arguments = variant.arguments(name);
			try (StartedProcess process = new StartedProcess(variant.jar, port, arguments)) {
				long started = process.started();
				variant.key.add(Etcd.await(key) - process.launchedAt() - started);
				variant.answered.add(Etcd.await(answer) - Etcd.await(key));
				variant.whole.add(Etcd.await(answer) - process.launchedAt());
			}
		}
		finally {
			channel.shutdownNow();
		}
	}

	private static Report report(List<Variant> variants) {
		Report report = new Report("newcomer", "The first call on a server that has just started", "the server",
				"\"Started\" to its key, p50", "its key to the first answer, p50", "p90",
				"launch to the first answer, p50", "starts");
		for (Variant variant : variants) {
			report.row(variant.name, variant.key.show(50), variant.answered.show(50), variant.answered.show(90),
					variant.whole.show(50), String.valueOf(variant.whole.size()));
		}
		Variant without = variants.get(0);
		Variant with = variants.get(1);
		double ratio = with.whole.median() / without.whole.median();
		report.figure("keyAfterStartedP50Millis", with.key.median());
		report.figure("answeredP50Millis", with.answered.median());
		report.figure("answeredWithoutP50Millis", without.answered.median());
		report.figure("launchToAnswerP50Millis", with.whole.median());
		report.figure("launchToAnswerWithoutP50Millis", without.whole.median());
		report.limit(new Limit("a new server's key to the first answer of a caller that is up, p50",
				with.answered.median(), MOST_MILLIS, "ms"));
		report.limit(new Limit(
				"launch of a server to its first answer, p50, at most 1.02 times that of one that does not call itself",
				ratio, NO_LATER, "times"));
		report.note(String.format(Locale.ROOT,
				"An executable jar with JVM defaults, started anew each time. A call waits for the server before it is "
						+ "launched, in a JVM that is warm. Launch to answer: %.3f times that without.",
				ratio));
		return report;
	}

	private static final class Variant {

		private final Path jar = Path.of(System.getProperty("benchmarks.target", "benchmarks/target"),
				"startup-with-starter.jar");

		private final String name;

		private final List<String> arguments;

		private final Samples key = new Samples();

		private final Samples answered = new Samples();

		private final Samples whole = new Samples();

		Variant(String name, List<String> arguments) {
			this.name = name;
			this.arguments = arguments;
		}

		List<String> arguments(String service) {
			return Stream.concat(Stream.of("--spring.application.name=" + service), this.arguments.stream()).toList();
		}

		void clear() {
			List.of(this.key, this.answered, this.whole).forEach(Samples::clear);
		}

	}

}
