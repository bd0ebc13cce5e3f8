package io.github.grpcdiscovery.benchmarks.peers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.github.grpcdiscovery.benchmarks.Pause;
import io.github.grpcdiscovery.benchmarks.Samples;

/**
 * What one peer goes through: servers of it, and one client under steady load. What a row
 * says about it is a cell of the report.
 */
final class Troubles {

	private static final int RATE = 500;

	private static final Duration CALM = Duration.ofSeconds(5);

	private static final Duration FROZEN = Duration.ofSeconds(20);

	private static final Duration PATIENCE = Duration.ofSeconds(40);

	private final Peer peer;

	private final int rounds;

	Troubles(Peer peer, int rounds) {
		this.peer = peer;
		this.rounds = rounds;
	}

	/**
	 * Goes through all of them.
	 * @return the cells of the column, in the order of {@link PeersBenchmark#ROWS}
	 */
	List<String> cells() {
		List<String> cells = new ArrayList<>();
		List<PeerServer> servers = new ArrayList<>();
		try {
			servers.add(this.peer.server().started());
			try (PeerClient client = this.peer.client(RATE)) {
				client.waitForCalm(CALM);
				cells.add(join(client));
				cells.add(replace(client, servers));
				servers.add(this.peer.server().started());
				servers.add(this.peer.server().started());
				servers.forEach(client::waitForAnswerOf);
				client.waitForCalm(CALM);
				cells.add(freeze(client, servers.get(1)));
				cells.add(kill(client, servers.remove(2)));
				cells.add(forget(client));
			}
			return cells;
		}
		finally {
			servers.forEach(PeerServer::close);
		}
	}

	// how long after its port accepts connections a new server answers its first call
	private String join(PeerClient client) {
		Samples times = new Samples();
		int never = 0;
		for (int i = 0; i < this.rounds; i++) {
			try (PeerServer server = this.peer.server()) {
				server.process().waitForPort(server.port());
				long listens = PeerClient.now();
				var answered = client.firstAnswerOf(server, PATIENCE);
				if (answered.isPresent()) {
					times.add(Math.max(0, answered.getAsLong() - listens) * 1000);
				}
				else {
					never++;
				}
				server.started().leave();
			}
			say("joined");
		}
		return times.show(50) + ((never > 0) ? ", never in " + never + " of " + this.rounds : "");
	}

	// a ready new one, and SIGTERM to the only other at once
	private String replace(PeerClient client, List<PeerServer> servers) {
		client.waitForCalm(CALM);
		PeerServer successor = this.peer.server().started();
		long start = PeerClient.now();
		servers.remove(0).leave();
		servers.add(successor);
		client.waitForAnswerOf(successor);
		client.waitForCalm(CALM);
		say("replaced");
		return failures(client, start);
	}

	private String freeze(PeerClient client, PeerServer server) {
		long start = PeerClient.now();
		server.process().pause();
		Pause.of(FROZEN);
		String failures = failures(client, start);
		server.process().resume();
		client.waitForCalm(CALM);
		say("frozen");
		return failures;
	}

	private String kill(PeerClient client, PeerServer server) {
		long start = PeerClient.now();
		server.process().kill();
		client.waitForCalm(CALM);
		say("killed");
		return failures(client, start);
	}

	// how long until all servers are registered again
	private String forget(PeerClient client) {
		int before = this.peer.registered();
		long start = PeerClient.now();
		this.peer.forget();
		long back = PeerClient.now();
		while (this.peer.registered() < 2 && PeerClient.now() - back < PATIENCE.toNanos() / 1000) {
			Pause.of(Duration.ofMillis(20));
		}
		String registered = (this.peer.registered() < 2) ? "never (watched for " + PATIENCE.toSeconds() + " s)"
				: String.format(Locale.ROOT, "%.1f s", (PeerClient.now() - back) / 1e6);
		say("forgotten, " + before + " were registered");
		return registered + "; " + failures(client, start);
	}

	private static String failures(PeerClient client, long since) {
		List<Call> failed = client.failedSince(since);
		if (failed.isEmpty()) {
			return "0";
		}
		long last = failed.stream().mapToLong(Call::ended).max().orElseThrow();
		return String.format(Locale.ROOT, "%d, the last after %.2f s", failed.size(), (last - since) / 1e6);
	}

	private void say(String what) {
		System.out.println(this.peer.title() + ": " + what);
	}

}
