package io.github.grpcdiscovery.samples.plain;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.github.grpcdiscovery.ServiceInstance;

/**
 * Starts the server or the client:
 *
 * <pre>
 * java -jar sample-plain-java.jar server http://127.0.0.1:2379 127.0.0.1 0
 * java -jar sample-plain-java.jar client http://127.0.0.1:2379 100
 * </pre>
 *
 * The server serves until SIGTERM; the client makes its calls and says who answered.
 */
public final class PlainJava {

	private static final String USAGE = """
			usage: java -jar sample-plain-java.jar server ETCD HOST PORT
			       java -jar sample-plain-java.jar client ETCD CALLS
			ETCD is an endpoint such as http://127.0.0.1:2379, PORT 0 is any free port""";

	private PlainJava() {
	}

	/**
	 * Runs it.
	 * @param arguments what to start, and its arguments
	 * @throws Exception if it cannot be started
	 */
	public static void main(String... arguments) throws Exception {
		switch ((arguments.length == 0) ? "" : arguments[0] + arguments.length) {
			case "server4" -> serve(URI.create(arguments[1]), arguments[2], Integer.parseInt(arguments[3]));
			case "client3" -> call(URI.create(arguments[1]), Integer.parseInt(arguments[2]));
			default -> {
				System.err.println(USAGE);
				System.exit(2);
			}
		}
	}

	private static void serve(URI etcd, String host, int port) throws Exception {
		TagServer server = TagServer.start(etcd, host, port);
		Runtime.getRuntime().addShutdownHook(new Thread(server::close, "leave"));
		System.out.println("Serving at " + server.address());
		server.awaitEnd();
	}

	private static void call(URI etcd, int calls) {
		Map<String, Integer> answers = new TreeMap<>();
		try (TagClient client = new TagClient(etcd)) {
			client.follow((servers) -> System.out.println("Servers: " + addresses(servers)));
			for (int i = 0; i < calls; i++) {
				answers.merge(client.call(), 1, Integer::sum);
			}
		}
		answers.forEach((server, count) -> System.out.println(server + " answered " + count));
	}

	private static List<String> addresses(List<ServiceInstance> servers) {
		return servers.stream().map((server) -> server.address().toString()).toList();
	}

}
