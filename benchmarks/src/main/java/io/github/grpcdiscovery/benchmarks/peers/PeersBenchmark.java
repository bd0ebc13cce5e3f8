package io.github.grpcdiscovery.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.github.grpcdiscovery.benchmarks.Benchmark;
import io.github.grpcdiscovery.benchmarks.Options;
import io.github.grpcdiscovery.benchmarks.Report;

/**
 * The same application with this starter, and with what Java teams use today, in the same
 * troubles. It promises nothing; it shows.
 */
public final class PeersBenchmark implements Benchmark {

	static final List<String> ROWS = List.of("a new server's port accepts, to its first answered call (p50)",
			"the only instance is replaced by a ready new one: failed calls",
			"one of three freezes for 20 s (SIGSTOP): failed calls", "one of three is killed (-9): failed calls",
			"the registry restarts without memory: registered again; failed calls");

	@Override
	public Report run(Options options) {
		int rounds = options.choose(5, 2);
		List<List<String>> columns = new ArrayList<>();
		List<String> header = new ArrayList<>(List.of("what happens"));
		List<Supplier<Peer>> peers = List.of(Peer::etcd, Peer::consul, Peer::today);
		for (Supplier<Peer> supplier : peers) {
			try (Peer peer = supplier.get()) {
				header.add(peer.title());
				columns.add(new Troubles(peer, rounds).cells());
			}
		}
		Report report = new Report("peers", "The same application, in the same troubles",
				header.toArray(String[]::new));
		for (int i = 0; i < ROWS.size(); i++) {
			List<String> cells = new ArrayList<>(List.of(ROWS.get(i)));
			for (List<String> column : columns) {
				cells.add(column.get(i));
			}
			report.row(cells.toArray(String[]::new));
		}
		report.note("One source, packaged twice: with this starter on Spring Boot 4.1, and with "
				+ "net.devh 3.1.0 and Spring Cloud Consul 4.3.1 on Spring Boot 3.5.16, as their documentation says. "
				+ "All settings are the defaults; Consul is a development agent, etcd a single node.");
		report.note("One client makes 500 plain calls a second with a deadline of 1 s, none wait-for-ready, none "
				+ "sent again; each process is a JVM of its own on this machine.");
		return report;
	}

}
