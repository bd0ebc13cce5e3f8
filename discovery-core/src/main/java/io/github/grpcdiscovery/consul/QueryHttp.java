package io.github.grpcdiscovery.consul;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.internal.util.DaemonThreads;
import io.github.grpcdiscovery.internal.util.Durations;

/**
 * Sends queries that Consul may hold for minutes, by the JDK's asynchronous HTTP client:
 * a query that is held costs a connection and no thread. No redirects, which would carry
 * the token elsewhere, no cookies, no proxy of the system.
 */
final class QueryHttp implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(QueryHttp.class);

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

	private static final int THREADS = 2;

	private final ConsulSettings settings;

	private final ConsulToken token;

	private final ThreadPoolExecutor threads;

	private final AtomicLong sent = new AtomicLong();

	private final Map<Long, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();

	// null when closed: without a reference to it, it ends its thread
	private volatile @Nullable HttpClient client;

	QueryHttp(ConsulSettings settings, ConsulToken token) {
		this.settings = settings;
		this.token = token;
		this.threads = newThreads();
		HttpClient.Builder builder = HttpClient.newBuilder()
			.version(Version.HTTP_1_1)
			.followRedirects(Redirect.NEVER)
			.proxy(HttpClient.Builder.NO_PROXY)
			.connectTimeout(CONNECT_TIMEOUT)
			.executor(this.threads);
		if (settings.tls() != null) {
			builder.sslContext(settings.tls().context());
		}
		this.client = builder.build();
	}

	private static ThreadPoolExecutor newThreads() {
		ThreadPoolExecutor threads = new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), DaemonThreads.numbered("grpc-discovery-consul-query-"),
				(task, executor) -> task.run());
		threads.allowCoreThreadTimeOut(true);
		return threads;
	}

	/**
	 * Posts JSON.
	 * @see #get
	 */
	<T> ConsulCall<T> post(String path, List<String> parameters, String json, Duration timeout,
			Function<ConsulAnswer, T> reader) {
		return send("POST " + path, newRequest(path, parameters).POST(BodyPublishers.ofString(json)).build(), timeout,
				reader);
	}

	/**
	 * Sends a query.
	 * @param path the path
	 * @param parameters encoded {@code name=value} texts
	 * @param timeout how long the answer may take, body included
	 * @param reader reads the answer, on a thread of this
	 * @return fails with a {@link RegistryException} only
	 */
	<T> ConsulCall<T> get(String path, List<String> parameters, Duration timeout, Function<ConsulAnswer, T> reader) {
		return send("GET " + path, newRequest(path, parameters).build(), timeout, reader);
	}

	private <T> ConsulCall<T> send(String what, HttpRequest httpRequest, Duration timeout,
			Function<ConsulAnswer, T> reader) {
		String request = this.settings.description() + ": " + what;
		HttpClient client = this.client;
		if (client == null) {
			return new ConsulCall<>(
					CompletableFuture.failedFuture(new RegistryException(request + " failed: closed", null)), () -> {
					});
		}
		logger.trace("{}", request);
		CompletableFuture<T> result = new CompletableFuture<>();
		// what the client returns goes on in the common pool, of which every thread may
		// be
		// waiting for this very answer: in calls that need the list
		CompletableFuture<HttpResponse<String>> sent = client.sendAsync(httpRequest, (response) -> {
			LimitedBody body = LimitedBody.of(response);
			body.getBody().thenAccept((text) -> read(request, response, text, reader, result));
			return body;
		});
		long number = this.sent.incrementAndGet();
		this.underWay.put(number, sent);
		sent.whenComplete((response, error) -> {
			this.underWay.remove(number);
			if (error != null) {
				result.completeExceptionally(failed(request, error));
			}
		});
		if (this.client == null) {
			sent.cancel(true);
		}
		// the client has a timeout of its own, but for the headers alone
		CompletableFuture<T> bounded = result.copy().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
		CompletionStage<T> answer = bounded.exceptionally((error) -> {
			if (bounded.isCompletedExceptionally() && !result.isDone()) {
				sent.cancel(true);
				throw timedOut(request, timeout);
			}
			throw ConsulErrors.unwrap(error);
		});
		return new ConsulCall<>(answer, () -> sent.cancel(true));
	}

	private static <T> void read(String request, ResponseInfo response, String body, Function<ConsulAnswer, T> reader,
			CompletableFuture<T> result) {
		try {
			result.complete(reader.apply(new ConsulAnswer(request, response.statusCode(), headers(response), body)));
		}
		catch (RegistryException ex) {
			result.completeExceptionally(ex);
		}
		catch (RuntimeException | Error ex) {
			result.completeExceptionally(failed(request, ex));
		}
	}

	private HttpRequest.Builder newRequest(String path, List<String> parameters) {
		String query = String.join("&", this.settings.inScope(parameters));
		URI uri = URI.create(this.settings.agent() + path + (query.isEmpty() ? "" : "?" + query));
		HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("User-Agent", "grpc-discovery");
		String token = this.token.current();
		if (token != null) {
			request.header(ConsulHttpClients.TOKEN_HEADER, token);
		}
		return request;
	}

	private static Map<String, String> headers(ResponseInfo response) {
		Map<String, String> headers = new HashMap<>();
		response.headers()
			.map()
			.forEach((name, values) -> headers.putIfAbsent(name.toLowerCase(Locale.ROOT), values.get(0)));
		return headers;
	}

	private static RegistryException failed(String request, Throwable error) {
		logger.trace("{}", request, error);
		return new RegistryException(request + " failed: " + ConsulErrors.describe(error), error);
	}

	private static RegistryException timedOut(String request, Duration timeout) {
		return new RegistryException(
				"%s failed: timed out: no answer in %s".formatted(request, Durations.text(timeout)), null);
	}

	/**
	 * Ends every query. Any number of times.
	 */
	@Override
	public void close() {
		HttpClient client = this.client;
		this.client = null;
		this.underWay.values().forEach((query) -> query.cancel(true));
		if (client != null) {
			endThread(client);
		}
		this.threads.shutdown();
	}

	// compiled for Java 17, where a client without a reference to it ends by itself
	private static void endThread(HttpClient client) {
		try {
			HttpClient.class.getMethod("shutdownNow").invoke(client);
		}
		catch (ReflectiveOperationException ex) {
			logger.trace("This JDK ends the client's thread by itself");
		}
	}

}
