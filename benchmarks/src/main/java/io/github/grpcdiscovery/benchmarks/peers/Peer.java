package io.github.grpcdiscovery.benchmarks.peers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.github.grpcdiscovery.testsupport.ConsulAgent;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.FreePorts;
import io.github.grpcdiscovery.testsupport.ManagedProcess;

/**
 * A way to build the application, and the registry that it uses.
 */
abstract class Peer implements AutoCloseable {

	private static final String SERVICE = "peer-service";

	private final String title;

	private final Path jar;

	private Peer(String title, String jar) {
		this.title = title;
		this.jar = Path.of(jar);
		if (!Files.isRegularFile(this.jar)) {
			throw new IllegalStateException(this.jar + " is missing (expected: built by benchmarks/run peers)");
		}
	}

	static Peer etcd() {
		return new OursInEtcd();
	}

	static Peer consul() {
		return new OursInConsul();
	}

	static Peer today() {
		return new Today();
	}

	String title() {
		return this.title;
	}

	PeerServer server() {
		int port = FreePorts.next();
		List<String> arguments = new ArrayList<>(
				List.of("--grpc.server.port=" + port, "--grpc.server.address=127.0.0.1"));
		arguments.addAll(registering(port));
		return new PeerServer(start("server", arguments), port);
	}

	PeerClient client(int rate) {
		List<String> arguments = new ArrayList<>(List.of("--grpc.server.port=-1", "--peer.rate=" + rate,
				"--grpc.client.GLOBAL.negotiation-type=plaintext"));
		arguments.addAll(following());
		return new PeerClient(start("client", arguments));
	}

	private ManagedProcess start(String role, List<String> arguments) {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-jar",
						this.jar.toString(), "--spring.application.name=" + SERVICE, "--server.address=127.0.0.1"));
		command.addAll(arguments);
		return ManagedProcess.command(this.title + " " + role, command).start();
	}

	abstract List<String> registering(int port);

	abstract List<String> following();

	/** How many instances the registry holds. */
	abstract int registered();

	/** The registry dies and comes back without memory. */
	abstract void forget();

	@Override
	public abstract void close();

	private static String ours() {
		return System.getProperty("benchmarks.target", "benchmarks/target") + "/peers-ours.jar";
	}

	private static int occurrences(String text, String part) {
		return text.split(part, -1).length - 1;
	}

	private static final class OursInEtcd extends Peer {

		private final EtcdServer etcd = EtcdServer.started();

		OursInEtcd() {
			super("this starter, etcd", ours());
		}

		@Override
		List<String> registering(int port) {
			return following();
		}

		@Override
		List<String> following() {
			return List.of("--grpc.discovery.etcd.endpoints=" + this.etcd.endpoint());
		}

		@Override
		int registered() {
			return this.etcd.get(SERVICE + "/").size();
		}

		@Override
		void forget() {
			this.etcd.wipe();
		}

		@Override
		public void close() {
			this.etcd.close();
		}

	}

	private abstract static class InConsul extends Peer {

		final ConsulAgent agent = ConsulAgent.started();

		InConsul(String title, String jar) {
			super(title, jar);
		}

		@Override
		int registered() {
			return occurrences(this.agent.get("/v1/agent/services"), "\"Service\":");
		}

		@Override
		void forget() {
			this.agent.wipe();
		}

		@Override
		public void close() {
			this.agent.close();
		}

	}

	private static final class OursInConsul extends InConsul {

		OursInConsul() {
			super("this starter, Consul", ours());
		}

		@Override
		List<String> registering(int port) {
			return following();
		}

		@Override
		List<String> following() {
			return List.of("--grpc.discovery.consul.host=127.0.0.1",
					"--grpc.discovery.consul.port=" + this.agent.httpPort());
		}

	}

	private static final class Today extends InConsul {

		private static final String DISCOVERY = "--spring.cloud.consul.discovery.";

		Today() {
			super("net.devh with Spring Cloud Consul", "benchmarks/peers/target/peers-today.jar");
		}

		@Override
		List<String> registering(int port) {
			return List.of(host(), port(), "--server.port=" + FreePorts.next(), DISCOVERY + "prefer-ip-address=true",
					DISCOVERY + "ip-address=127.0.0.1", DISCOVERY + "instance-id=" + SERVICE + "-" + port);
		}

		@Override
		List<String> following() {
			return List.of(host(), port(), "--server.port=0", DISCOVERY + "register=false",
					"--grpc.client.peer-service.address=discovery:///" + SERVICE);
		}

		private static String host() {
			return "--spring.cloud.consul.host=127.0.0.1";
		}

		private String port() {
			return "--spring.cloud.consul.port=" + this.agent.httpPort();
		}

	}

}
