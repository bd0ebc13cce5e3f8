package io.github.grpcdiscovery.benchmarks.cold;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;

import io.github.grpcdiscovery.benchmarks.Benchmark;
import io.github.grpcdiscovery.benchmarks.EchoServer;
import io.github.grpcdiscovery.benchmarks.Etcd;
import io.github.grpcdiscovery.benchmarks.Limit;
import io.github.grpcdiscovery.benchmarks.Options;
import io.github.grpcdiscovery.benchmarks.Pause;
import io.github.grpcdiscovery.benchmarks.Report;
import io.github.grpcdiscovery.benchmarks.Samples;
import io.github.grpcdiscovery.benchmarks.startup.StartedProcess;
import io.github.grpcdiscovery.testsupport.EtcdServer;

/**
 * How many of its first calls fail by their deadline of one second when an application
 * calls 500 times a second as soon as it is ready: with channels that connect while it
 * starts, and with channels that connect when they are called.
 */
public final class ColdBenchmark implements Benchmark {

	private static final String SERVICE = "peer-service";

	private static final int SERVERS = 3;

	private static final int CALLS = 1000;

	private static final double MOST_FAILED = 5;

	private static final double MOST_LATER_MILLIS = 500;

	@Override
	public Report run(Options options) {
		List<EchoServer> servers = new ArrayList<>();
		try (EtcdServer etcd = EtcdServer.started(); Etcd registry = new Etcd(etcd.endpoint())) {
			for (int i = 0; i < SERVERS; i++) {
				servers.add(EchoServer.start(i, ask()));
			}
			registry.putAll(SERVICE, servers.stream().map(EchoServer::address).toList());
			String endpoints = "--grpc.discovery.etcd.endpoints=" + etcd.endpoint();
			List<Variant> variants = List.of(
					new Variant("when they are called", endpoints, List.of("--grpc.discovery.client.warm-up=0")),
					new Variant("**while the application starts**", endpoints, List.of()));
			int rounds = options.choose(10, 2);
			for (int round = 0; round < rounds; round++) {
				for (int i = 0; i < variants.size(); i++) {
					variants.get((i + round) % variants.size()).measure();
				}
				System.out.printf("start %d of %d%n", round + 1, rounds);
			}
			return report(variants);
		}
		finally {
			servers.forEach(EchoServer::close);
		}
	}

	// the one method of the application that the peers are compared by
	private static ServerServiceDefinition ask() {
		MethodDescriptor<byte[], byte[]> method = EchoServer.METHOD.toBuilder()
			.setFullMethodName("peers.Peer/Ask")
			.build();
		return ServerServiceDefinition.builder("peers.Peer")
			.addMethod(method, ServerCalls.asyncUnaryCall((request, answers) -> {
				answers.onNext("a".getBytes(StandardCharsets.UTF_8));
				answers.onCompleted();
			}))
			.build();
	}

	private static Report report(List<Variant> variants) {
		Report report = new Report("cold", "The first 1000 calls of an application, 500 a second", "channels connect",
				"failed, p50", "failed, most", "until \"Started\", p50", "starts");
		for (Variant variant : variants) {
			report.row(variant.name, String.format(Locale.ROOT, "%.0f", variant.failed(50)),
					String.format(Locale.ROOT, "%.0f", variant.failed(100)), variant.started.show(50),
					String.valueOf(variant.started.size()));
		}
		Variant called = variants.get(0);
		Variant starting = variants.get(1);
		report.figure("failedWithoutWarmUpP50", called.failed(50));
		report.figure("failedP50", starting.failed(50));
		report.figure("failedMost", starting.failed(100));
		report.figure("startedP50Millis", starting.started.median());
		report.figure("laterP50Millis", starting.started.median() - called.started.median());
		report.limit(new Limit("failed of the first 1000 calls, p50", starting.failed(50), MOST_FAILED, "calls"));
		report.limit(new Limit("\"Started\" later than with channels that connect when they are called, p50",
				starting.started.median() - called.started.median(), MOST_LATER_MILLIS, "ms"));
		report.note("An executable jar with JVM defaults, started anew each time; three servers that are up, in etcd. "
				+ "Plain calls with a deadline of one second, begun 500 times a second whatever becomes of them.");
		return report;
	}

	private static final class Variant {

		private final String name;

		private final List<String> arguments;

		private final Samples started = new Samples();

		// as durations, so that they have percentiles: one millisecond a call
		private final Samples failed = new Samples();

		Variant(String name, String endpoints, List<String> more) {
			this.name = name;
			this.arguments = new ArrayList<>(more);
			this.arguments.addAll(List.of("--spring.application.name=cold-caller", endpoints, "--peer.rate=500",
					"--grpc.client.GLOBAL.negotiation-type=plaintext", "--grpc.discovery.registration.enabled=false",
					"--grpc.discovery.client.snapshot.enabled=false"));
		}

		double failed(double percent) {
			return this.failed.percentile(percent);
		}

		void measure() {
			Path jar = Path.of(System.getProperty("benchmarks.target", "benchmarks/target"), "peers-ours.jar");
			try (StartedProcess process = new StartedProcess(jar, 0, this.arguments)) {
				this.started.add(process.started());
				// each call ends within its deadline, and is printed then
				Pause.until(CALLS + " calls", () -> lines(process).size() >= CALLS + 500);
				long failed = lines(process).stream()
					.sorted()
					.limit(CALLS)
					.filter((line) -> line.contains(" failed "))
					.count();
				this.failed.add(failed * 1_000_000);
			}
		}

		private static List<String> lines(StartedProcess process) {
			return process.output().lines().filter((line) -> line.startsWith("call ")).toList();
		}

	}

}
