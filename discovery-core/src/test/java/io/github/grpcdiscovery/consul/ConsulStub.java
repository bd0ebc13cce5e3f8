package io.github.grpcdiscovery.consul;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;

/**
 * A Consul that says what no real one of ours can be made to say, and remembers what it
 * was asked.
 */
class ConsulStub implements AutoCloseable {

	private final HttpServer server;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<Request> requests = new CopyOnWriteArrayList<>();

	private final CountDownLatch closed = new CountDownLatch(1);

	private volatile Function<Request, @Nullable Reply> replies = (request) -> Reply.json("[]");

	ConsulStub() {
		try {
			this.server = newServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.setExecutor(this.threads);
		this.server.createContext("/", this::handle);
		this.server.start();
	}

	HttpServer newServer(InetSocketAddress address) throws IOException {
		return HttpServer.create(address, 0);
	}

	String scheme() {
		return "http";
	}

	URI uri() {
		return URI.create(scheme() + "://127.0.0.1:" + this.server.getAddress().getPort());
	}

	/**
	 * Answers each request from now on; {@code null} never answers.
	 */
	void reply(Function<Request, @Nullable Reply> replies) {
		this.replies = replies;
	}

	List<Request> requests() {
		return List.copyOf(this.requests);
	}

	private void handle(HttpExchange exchange) throws IOException {
		Map<String, String> headers = new LinkedHashMap<>();
		exchange.getRequestHeaders()
			.forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
		String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
		Request request = new Request(exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers, body);
		this.requests.add(request);
		Reply reply = this.replies.apply(request);
		if (reply == null) {
			try {
				this.closed.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return;
		}
		Headers response = exchange.getResponseHeaders();
		reply.headers().forEach(response::set);
		byte[] content = reply.body().getBytes(StandardCharsets.UTF_8);
		exchange.sendResponseHeaders(reply.status(), (content.length == 0) ? -1 : content.length);
		exchange.getResponseBody().write(content);
		exchange.close();
	}

	@Override
	public void close() {
		this.closed.countDown();
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	/**
	 * What was asked.
	 *
	 * @param method such as {@code GET}
	 * @param uri path and query as they came
	 * @param headers by their names in lower case
	 * @param body the body
	 */
	record Request(String method, String uri, Map<String, String> headers, String body) {
	}

	/**
	 * What is answered.
	 *
	 * @param status HTTP status
	 * @param headers names and values
	 * @param body the body
	 */
	record Reply(int status, Map<String, String> headers, String body) {

		static Reply json(String body) {
			return new Reply(200, Map.of("Content-Type", "application/json", "X-Consul-Index", "5"), body);
		}

		static Reply of(int status, String body) {
			return new Reply(status, Map.of("Content-Type", "text/plain"), body);
		}

		Reply with(String name, String value) {
			Map<String, String> headers = new LinkedHashMap<>(this.headers);
			headers.put(name, value);
			return new Reply(this.status, headers, this.body);
		}

	}

}
