package io.github.grpcdiscovery.benchmarks.kill;

import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.github.grpcdiscovery.benchmarks.EchoServer;
import io.github.grpcdiscovery.testsupport.ManagedProcess;

/**
 * An echo server in a process of its own.
 */
public final class EchoProcess implements AutoCloseable {

	private static final String SERVES = "serves at ";

	private final ManagedProcess process;

	private EchoProcess(ManagedProcess process) {
		this.process = process;
	}

	static EchoProcess starting(int number) {
		return new EchoProcess(
				ManagedProcess.java("echo-" + number, List.of("-Xmx128m"), EchoProcess.class, String.valueOf(number))
					.start());
	}

	String address() {
		this.process.waitForLine(SERVES);
		return this.process.output()
			.lines()
			.filter((line) -> line.startsWith(SERVES))
			.map((line) -> line.substring(SERVES.length()))
			.findFirst()
			.orElseThrow();
	}

	/** SIGKILL. */
	void kill() {
		this.process.kill();
	}

	@Override
	public void close() {
		this.process.close();
	}

	/**
	 * Serves until the process ends.
	 * @param args what it answers
	 */
	public static void main(String[] args) throws InterruptedException {
		EchoServer server = EchoServer.start(Integer.parseInt(args[0]));
		System.out.println(SERVES + server.address());
		new CountDownLatch(1).await();
	}

}
