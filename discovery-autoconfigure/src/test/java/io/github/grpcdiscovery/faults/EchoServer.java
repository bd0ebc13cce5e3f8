package io.github.grpcdiscovery.faults;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.springframework.context.ConfigurableApplicationContext;

import io.github.grpcdiscovery.autoconfigure.GrpcStack;
import io.github.grpcdiscovery.testsupport.ManagedProcess;

/**
 * An application that serves echo, in a process of its own, set up as a user sets it up.
 */
public final class EchoServer implements AutoCloseable {

	private static final Pattern ADDRESS = Pattern.compile("\\(([0-9.]+:[0-9]+)\\) of service 'echo' in ");

	private final String name;

	private static final List<String> OPTIONS = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto",
			"-Xmx96m");

	private final ManagedProcess process;

	private EchoServer(String name, ManagedProcess process) {
		this.name = name;
		this.process = process;
	}

	/**
	 * Starts an application and does not wait for it.
	 * @param stack the gRPC stack it is built on
	 * @param name what it answers
	 * @param properties such as {@code grpc.discovery.etcd.endpoints=..}
	 * @return the starting server
	 */
	public static EchoServer starting(GrpcStack stack, String name, String... properties) {
		String[] arguments = Stream.concat(Stream.of(stack.name(), name), Arrays.stream(properties))
			.toArray(String[]::new);
		return new EchoServer(name, ManagedProcess.java("echo-" + name, OPTIONS, EchoServer.class, arguments).start());
	}

	/**
	 * Starts applications and waits until all of them are registered.
	 * @param stack the gRPC stack they are built on
	 * @param names what they answer
	 * @param properties such as {@code grpc.discovery.etcd.endpoints=..}
	 * @return the running servers
	 */
	public static List<EchoServer> started(GrpcStack stack, List<String> names, String... properties) {
		List<EchoServer> servers = names.stream().map((name) -> starting(stack, name, properties)).toList();
		servers.forEach(EchoServer::awaitRegistered);
		return servers;
	}

	/**
	 * Waits until it is registered.
	 * @return this
	 */
	public EchoServer awaitRegistered() {
		this.process.waitUntil("it is registered", () -> this.process.output().contains(" of service 'echo' in "));
		return this;
	}

	/**
	 * What it answers.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * What it has printed.
	 * @return both streams
	 */
	public String output() {
		return this.process.output();
	}

	/** SIGTERM. */
	public void terminate() {
		this.process.terminate();
	}

	/**
	 * Waits for its end.
	 * @param atMost for how long
	 */
	public void awaitExit(Duration atMost) {
		this.process.waitForExit(atMost);
	}

	/** SIGKILL. */
	public void kill() {
		this.process.kill();
	}

	/** SIGSTOP. */
	public void pause() {
		this.process.pause();
	}

	/** SIGCONT. */
	public void resume() {
		this.process.resume();
	}

	@Override
	public void close() {
		this.process.close();
	}

	@Override
	public String toString() {
		Matcher address = ADDRESS.matcher(output());
		return this.name + " at " + (address.find() ? address.group(1) : "an unknown address");
	}

	/**
	 * The application.
	 * @param args gRPC stack, name, properties
	 */
	public static void main(String[] args) {
		ConfigurableApplicationContext context = GrpcStack.valueOf(args[0])
			.server(args[1])
			.with("grpc.discovery.registration.drain=3s")
			.with(Arrays.copyOfRange(args, 2, args.length))
			.run();
		context.registerShutdownHook();
	}

}
