package io.github.grpcdiscovery.samples.client;

import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ManagedProcess;
import io.github.grpcdiscovery.testsupport.ManagedProcessBuilder;

/**
 * The packaged samples, started as a user starts them, with one registry's settings.
 */
final class SampleProcesses implements AutoCloseable {

	private static final Duration START = Duration.ofMinutes(3);

	private static final Pattern SERVING = Pattern.compile("Serving on port (\\d+) \\(pid (\\d+)\\)");

	private static final Pattern WEB = Pattern.compile("Tomcat started on port (\\d+)");

	private final List<String> settings;

	private final List<ManagedProcess> processes = new ArrayList<>();

	private final HttpClient http = HttpClient.newHttpClient();

	// an output may be long
	private final Map<ManagedProcess, String> webPorts = new ConcurrentHashMap<>();

	SampleProcesses(String... settings) {
		this.settings = List.of(settings);
	}

	/**
	 * Starts a server on any free port, without the actuator's; does not wait for it.
	 * @return the process
	 */
	ManagedProcess server() {
		return start("sample-server", "--grpc.server.address=127.0.0.1", "--grpc.server.port=0",
				"--grpc.discovery.registration.host=127.0.0.1", "--spring.main.web-application-type=none");
	}

	/**
	 * Starts a client with a live page on any free port; does not wait for it.
	 * @return the process
	 */
	ManagedProcess webClient() {
		return start("sample-client", "--server.address=127.0.0.1", "--server.port=0");
	}

	/**
	 * Runs a client that calls, prints who answered and ends.
	 * @param calls how many times
	 * @return the ended process
	 */
	ManagedProcess consoleClient(int calls) {
		ManagedProcess client = start("sample-client", "--calls=" + calls);
		client.waitForExit(START);
		return client;
	}

	/**
	 * Starts a sample; does not wait for it.
	 * @param module such as {@code sample-server}
	 * @param arguments its arguments, before the settings
	 * @return the process
	 */
	ManagedProcess start(String module, String... arguments) {
		return start(module, Map.of(), arguments);
	}

	/**
	 * Starts a sample; does not wait for it.
	 * @param module such as {@code sample-server}
	 * @param environment environment variables that are added
	 * @param arguments its arguments, before the settings
	 * @return the process
	 */
	ManagedProcess start(String module, Map<String, String> environment, String... arguments) {
		File jar = Path.of(System.getProperty(module + ".jar")).toFile();
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-XX:+UseSerialGC", "-Xmx256m", "-jar", jar.getPath()));
		command.addAll(List.of(arguments));
		command.addAll(this.settings);
		ManagedProcessBuilder builder = ManagedProcess.command(module, command);
		environment.forEach(builder::environment);
		ManagedProcess process = builder.start();
		this.processes.add(process);
		return process;
	}

	/**
	 * What a server says of itself in its answers, once it serves.
	 * @param server the process
	 * @return such as {@code 127.0.0.1:9090 (pid 4711)}
	 */
	String identity(ManagedProcess server) {
		Matcher serving = printed(server, SERVING);
		return "127.0.0.1:%s (pid %s)".formatted(serving.group(1), serving.group(2));
	}

	/**
	 * Where a server serves, once it does.
	 * @param server the process
	 * @return {@code host:port}
	 */
	String address(ManagedProcess server) {
		return "127.0.0.1:" + printed(server, SERVING).group(1);
	}

	/**
	 * The instances on a client's live page.
	 * @param client the process
	 * @return their addresses
	 */
	List<String> instances(ManagedProcess client) {
		List<String> addresses = new ArrayList<>();
		get(client, "/live").path("instances")
			.forEach((instance) -> addresses.add(instance.path("address").asString()));
		return addresses;
	}

	JsonNode get(ManagedProcess client, String path) {
		return JsonMapper.shared().readTree(text(client, path));
	}

	/**
	 * What a process answers over HTTP.
	 * @param client the process
	 * @param path such as {@code /live}
	 * @return the body
	 */
	String text(ManagedProcess client, String path) {
		URI uri = URI.create("http://127.0.0.1:"
				+ this.webPorts.computeIfAbsent(client, (process) -> printed(process, WEB).group(1)) + path);
		try {
			HttpResponse<String> response = this.http.send(HttpRequest.newBuilder(uri).build(),
					HttpResponse.BodyHandlers.ofString());
			return response.body();
		}
		catch (Exception ex) {
			throw new IllegalStateException(uri + " failed. The client's output ends with:\n" + client.tail(), ex);
		}
	}

	private static Matcher printed(ManagedProcess process, Pattern pattern) {
		Matcher matcher = Conditions.await(START).until(() -> {
			if (!process.isAlive()) {
				throw new IllegalStateException(process + ". Its output ends with:\n" + process.tail());
			}
			return pattern.matcher(process.output());
		}, Matcher::find);
		return matcher;
	}

	@Override
	public void close() {
		this.processes.forEach(ManagedProcess::close);
	}

}
