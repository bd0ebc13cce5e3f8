package io.github.grpcdiscovery.benchmarks.join;

import java.util.Locale;

import io.github.grpcdiscovery.benchmarks.Benchmark;
import io.github.grpcdiscovery.benchmarks.Channels;
import io.github.grpcdiscovery.benchmarks.Limit;
import io.github.grpcdiscovery.benchmarks.Options;
import io.github.grpcdiscovery.benchmarks.Report;
import io.github.grpcdiscovery.benchmarks.Samples;
import io.github.grpcdiscovery.testsupport.ConsulAgent;
import io.github.grpcdiscovery.testsupport.EtcdServer;

/**
 * How long a client that is up before the first server of a service waits for it: from
 * the moment before the server's registrar is asked to the answer of a call that has been
 * waiting all the time.
 */
public final class EarlyBenchmark implements Benchmark {

	private static final double LIMIT = 25;

	@Override
	public Report run(Options options) {
		int warm = options.choose(150, 60);
		int rounds = options.choose(100, 40);
		Report report = new Report("early",
				"From the first registration of a service to the first answer of a waiting call", "registry", "p50",
				"p90", "p99", "most", "rounds");
		try (EtcdServer etcdServer = EtcdServer.started();
				ConsulAgent agent = ConsulAgent.started();
				EarlyRounds etcd = new EarlyRounds(() -> Channels.etcd(etcdServer.endpoint()));
				EarlyRounds consul = new EarlyRounds(() -> Channels.consul(agent.endpoint()))) {
			// both before either counts: most of the code is the same
			etcd.warmUp(warm);
			consul.warmUp(warm);
			row(report, "etcd", etcd.run(rounds));
			row(report, "consul", consul.run(rounds));
		}
		report
			.note("Each round is a service of its own, of which the client knows that it has no instance, and a channel of "
					+ "its own, on which a wait-for-ready call waits. Then an instance registers, as a server's does: in etcd a lease is "
					+ "granted and a key is put, in Consul the agent is asked who holds the id and then told.");
		report
			.note("The clock stops when the waiting call is answered; so it holds the registration, the list, a new TCP "
					+ "connection with its HTTP/2 handshake, and the call. The JVM is warm. The client has known for up to 150 ms that "
					+ "there is nobody.");
		return report;
	}

	private static void row(Report report, String registry, Samples samples) {
		report.row("**" + registry + "**", samples.show(50), samples.show(90), samples.show(99), samples.show(100),
				String.valueOf(samples.size()));
		report.figure(registry + "P50Millis", samples.percentile(50));
		report.figure(registry + "P90Millis", samples.percentile(90));
		report.figure(registry + "P99Millis", samples.percentile(99));
		report.figure(registry + "MostMillis", samples.percentile(100));
		report.limit(
				new Limit(
						String.format(Locale.ROOT,
								"%s: registration to the waiting call's answer, p90, at most %.0f ms", registry, LIMIT),
						samples.percentile(90), LIMIT, "ms"));
	}

}
