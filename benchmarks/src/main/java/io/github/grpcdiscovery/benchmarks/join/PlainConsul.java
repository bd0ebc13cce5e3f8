package io.github.grpcdiscovery.benchmarks.join;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import io.github.grpcdiscovery.HostAndPort;

/**
 * The floor: the shortest program that registers in Consul and sees it by a blocking
 * query. It looks at the clock and reads no more of an answer than its index.
 */
final class PlainConsul implements AutoCloseable {

	private final Map<String, CompletableFuture<Long>> expected = new ConcurrentHashMap<>();

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final URI agent;

	private final String service;

	private final Thread thread;

	private volatile boolean closed;

	private volatile String index = "0";

	PlainConsul(URI agent, String service) {
		this.agent = agent;
		this.service = service;
		this.thread = new Thread(this::follow, "plain-consul");
		this.thread.setDaemon(true);
		this.thread.start();
	}

	private void follow() {
		String path = "/v1/health/service/" + this.service + "?passing=true&wait=55s&index=";
		while (!this.closed) {
			HttpResponse<String> answer;
			try {
				answer = send(request(path + this.index).GET().build());
			}
			catch (IllegalStateException | UncheckedIOException ex) {
				if (this.closed) {
					return;
				}
				throw ex;
			}
			long now = System.nanoTime();
			this.expected.forEach((id, seen) -> {
				if (answer.body().contains("\"" + id + "\"")) {
					this.expected.remove(id);
					seen.complete(now);
				}
			});
			this.index = answer.headers().firstValue("X-Consul-Index").orElse("0");
		}
	}

	/**
	 * When an instance is seen.
	 * @return completes with the {@link System#nanoTime()} of the answer
	 */
	CompletableFuture<Long> expect(String id) {
		CompletableFuture<Long> seen = new CompletableFuture<>();
		this.expected.put(id, seen);
		return seen;
	}

	/**
	 * Whether a query is held, or about to be.
	 */
	boolean follows() {
		return !this.index.equals("0");
	}

	void register(String id, String address) {
		put("/v1/agent/service/register?replace-existing-checks=true", body(this.service, id, address));
	}

	void deregister(String id) {
		put("/v1/agent/service/deregister/" + id, "");
	}

	/**
	 * What a registration says, without a check.
	 */
	static String body(String service, String id, String address) {
		HostAndPort parsed = HostAndPort.parse(address);
		return """
				{"ID":"%s","Name":"%s","Address":"%s","Port":%d}""".formatted(id, service, parsed.host(),
				parsed.port());
	}

	private void put(String path, String body) {
		HttpResponse<String> answer = send(request(path).PUT(HttpRequest.BodyPublishers.ofString(body)).build());
		if (answer.statusCode() != 200) {
			throw new IllegalStateException(path + ": " + answer.statusCode() + ": " + answer.body());
		}
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create(this.agent + path));
	}

	private HttpResponse<String> send(HttpRequest request) {
		try {
			return this.client.send(request, HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	// its thread ends with the agent or the JVM
	@Override
	public void close() {
		this.closed = true;
		this.thread.interrupt();
	}

}
