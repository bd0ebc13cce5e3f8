package io.github.grpcdiscovery.benchmarks.peers;

import java.time.Duration;

import io.github.grpcdiscovery.testsupport.ManagedProcess;

/**
 * The application as a server.
 *
 * @param process its process
 * @param port where it serves
 */
record PeerServer(ManagedProcess process, int port) implements AutoCloseable {

	private static final Duration LEAVE = Duration.ofSeconds(40);

	/** How it calls itself in its answers. */
	String id() {
		return String.valueOf(this.port);
	}

	/** Waits until Spring Boot says that it is started. */
	PeerServer started() {
		this.process.waitForLine("Started PeerApplication");
		return this;
	}

	/** Asks it to leave, and waits until it has. */
	void leave() {
		this.process.terminate();
		this.process.waitForExit(LEAVE);
	}

	@Override
	public void close() {
		this.process.close();
	}

}
