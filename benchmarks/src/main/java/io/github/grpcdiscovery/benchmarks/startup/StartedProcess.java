package io.github.grpcdiscovery.benchmarks.startup;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.grpcdiscovery.benchmarks.Etcd;
import io.github.grpcdiscovery.benchmarks.Pause;

/**
 * One start of the application, in a JVM of its own, ended by {@link #close()}.
 */
public final class StartedProcess implements AutoCloseable {

	private final Process process;

	private final long start;

	private final StringBuffer output = new StringBuffer();

	private final CompletableFuture<Long> started = new CompletableFuture<>();

	/**
	 * Launches the application.
	 * @param jar an executable jar
	 * @param port its gRPC server's; 0 for a random one
	 * @param arguments what else it is told
	 */
	public StartedProcess(Path jar, int port, List<String> arguments) {
		List<String> command = new ArrayList<>(List.of(java().toString(), "-jar", jar.toString(),
				"--grpc.server.port=" + port, "--grpc.server.address=127.0.0.1"));
		command.addAll(arguments);
		this.start = System.nanoTime();
		try {
			this.process = new ProcessBuilder(command).redirectErrorStream(true).start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Runtime.getRuntime().addShutdownHook(new Thread(this.process::destroyForcibly));
		Thread reader = new Thread(this::read, "startup-output");
		reader.setDaemon(true);
		reader.start();
	}

	private static Path java() {
		return Path.of(System.getProperty("java.home"), "bin", "java");
	}

	private void read() {
		try (BufferedReader lines = this.process.inputReader()) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				if (line.contains(": Started ") || line.contains("Application in ")) {
					this.started.complete(System.nanoTime() - this.start);
				}
				this.output.append(line).append('\n');
			}
		}
		catch (IOException ex) {
			this.output.append(ex);
		}
		this.started.completeExceptionally(new IllegalStateException("ended early:\n" + this.output));
	}

	/**
	 * How long it took until Spring Boot said that the application was started.
	 * @return nanoseconds since the process was launched
	 */
	public long started() {
		return Etcd.await(this.started);
	}

	/**
	 * Waits until the gRPC port accepts connections.
	 * @return nanoseconds since the process was launched
	 */
	long listening(int port) {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
		Pause.until("port " + port + " to accept connections", () -> {
			try (Socket socket = new Socket()) {
				socket.connect(address, 200);
				return true;
			}
			catch (IOException ex) {
				if (!this.process.isAlive()) {
					throw new IllegalStateException("ended early:\n" + this.output);
				}
				return false;
			}
		});
		return System.nanoTime() - this.start;
	}

	long launchedAt() {
		return this.start;
	}

	/**
	 * What it has written so far.
	 */
	public String output() {
		return this.output.toString();
	}

	// at once, so that its leaving does not disturb the next start
	@Override
	public void close() {
		this.process.destroyForcibly();
		try {
			this.process.waitFor(10, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
