package io.github.grpcdiscovery.faults.random;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.grpcdiscovery.autoconfigure.GrpcStack;
import io.github.grpcdiscovery.faults.EchoServer;
import io.github.grpcdiscovery.testsupport.FreePorts;

/**
 * The servers, each a process of its own. A new one has a port that was not used for
 * long. For one thread.
 */
final class Fleet implements AutoCloseable {

	/** How many there are again after each fault, at least. */
	static final int LEAST = 3;

	/** More are not added. */
	static final int MOST = 5;

	private static final int PORTS = 24;

	private static final Duration EXIT = Duration.ofSeconds(60);

	private final GrpcStack stack;

	private final String[] properties;

	private final CallJudge calls;

	private final Journal journal;

	private final Deque<Integer> ports = new ArrayDeque<>();

	private final List<Server> live = new ArrayList<>();

	private int started;

	Fleet(GrpcStack stack, CallJudge calls, Journal journal, String... properties) {
		this.stack = stack;
		this.calls = calls;
		this.journal = journal;
		this.properties = properties;
		for (int i = 0; i < PORTS; i++) {
			this.ports.add(FreePorts.next());
		}
	}

	/** Those that were started and neither killed nor told to stop, oldest first. */
	List<Server> live() {
		return List.copyOf(this.live);
	}

	Set<Integer> livePorts() {
		return this.live.stream().map(Server::port).collect(Collectors.toCollection(TreeSet::new));
	}

	/** Starts one and does not wait for it. */
	Server start() {
		int port = this.ports.removeFirst();
		this.ports.addLast(port);
		String name = "s" + (++this.started);
		Server server = new Server(name, port,
				EchoServer.starting(this.stack, name,
						Stream
							.concat(Stream.of(this.properties),
									Stream.of("grpc.server.port=" + port, "spring.grpc.server.port=" + port))
							.toArray(String[]::new)));
		this.live.add(server);
		this.journal.note("started " + server);
		return server;
	}

	/** Starts so many that there are enough again. */
	void replenish() {
		while (this.live.size() < LEAST) {
			start();
		}
	}

	/** Starts or stops so many that there are just enough, and waits for them. */
	void normalise() {
		replenish();
		while (this.live.size() > LEAST) {
			Server leaving = this.live.get(0);
			terminate(leaving);
			awaitExit(leaving);
		}
		this.live.forEach(Server::awaitRegistered);
	}

	/** SIGKILL. */
	void kill(Server server) {
		this.journal.note("kill -9 " + server);
		this.calls.killing(server.port());
		server.process().kill();
		this.calls.killed(server.port());
		this.live.remove(server);
		server.process().close();
	}

	/** SIGTERM. */
	void terminate(Server server) {
		this.journal.note("SIGTERM to " + server);
		this.live.remove(server);
		server.process().terminate();
	}

	/** Waits until one that was told to stop has ended. */
	void awaitExit(Server server) {
		server.process().awaitExit(EXIT);
		this.journal.note("ended: " + server);
		server.process().close();
	}

	/** SIGSTOP. */
	void pause(Server server) {
		this.journal.note("SIGSTOP to " + server);
		this.calls.pausing(server.port());
		server.process().pause();
	}

	/** SIGCONT. */
	void resume(Server server) {
		server.process().resume();
		this.calls.resumed(server.port());
		this.journal.note("SIGCONT to " + server);
	}

	@Override
	public void close() {
		this.live.forEach((server) -> server.process().close());
	}

	/**
	 * One server.
	 *
	 * @param name what it answers
	 * @param port where it listens
	 * @param process its process
	 */
	record Server(String name, int port, EchoServer process) {

		void awaitRegistered() {
			this.process.awaitRegistered();
		}

		@Override
		public String toString() {
			return this.name + " at " + this.port;
		}

	}

}
