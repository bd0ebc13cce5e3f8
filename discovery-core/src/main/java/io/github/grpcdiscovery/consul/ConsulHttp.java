package io.github.grpcdiscovery.consul;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import com.ecwid.consul.UrlParameters;
import com.ecwid.consul.transport.HttpResponse;
import com.ecwid.consul.v1.ConsulRawClient;
import org.apache.http.impl.client.CloseableHttpClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryException;

/**
 * Sends requests that are answered at once by consul-api's raw client, which blocks: each
 * call has a thread. Queries that Consul holds go by {@link QueryHttp}, so that they keep
 * no operation waiting.
 */
final class ConsulHttp implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ConsulHttp.class);

	private static final int OPERATION_CONNECTIONS = 4;

	private static final Duration JOIN = Duration.ofSeconds(1);

	private final ConsulSettings settings;

	private final CloseableHttpClient operations;

	private final ExecutorService threads;

	ConsulHttp(ConsulSettings settings, ConsulToken token) {
		this.settings = settings;
		this.operations = ConsulHttpClients.create(settings, token, OPERATION_CONNECTIONS);
		this.threads = ConsulThreads.newExecutor("grpc-discovery-consul-");
	}

	/**
	 * An exchange for a request that is answered at once.
	 */
	ConsulExchange operation() {
		return new ConsulExchange(this.operations, this.settings.requestTimeout());
	}

	// the two below block

	ConsulAnswer get(ConsulExchange exchange, String path, List<String> parameters) {
		HttpResponse response = rawClient(exchange).makeGetRequest(path, inScope(parameters));
		return answer("GET " + path, response.getStatusCode(), exchange, response.getContent());
	}

	ConsulAnswer put(ConsulExchange exchange, String path, List<String> parameters, String body) {
		HttpResponse response = rawClient(exchange).makePutRequest(path, body, inScope(parameters));
		return answer("PUT " + path, response.getStatusCode(), exchange, response.getContent());
	}

	private ConsulAnswer answer(String request, int status, ConsulExchange exchange, String body) {
		return new ConsulAnswer(this.settings.description() + ": " + request, status, exchange.headers(), body);
	}

	private UrlParameters inScope(List<String> parameters) {
		return () -> this.settings.inScope(parameters);
	}

	private ConsulRawClient rawClient(ConsulExchange exchange) {
		String address = this.settings.agent().toString();
		int colon = address.lastIndexOf(':');
		return new ConsulRawClient(exchange, address.substring(0, colon),
				Integer.parseInt(address.substring(colon + 1)), "");
	}

	/**
	 * Makes a call on a thread of its own.
	 * @param request what is asked, for messages
	 * @param call blocks
	 * @return fails with a {@link RegistryException}, whatever the call threw
	 */
	<T> CompletionStage<T> submit(String request, Call<T> call) {
		CompletableFuture<T> result = new CompletableFuture<>();
		Supplier<String> failed = () -> this.settings.description() + ": " + request + " failed: ";
		try {
			this.threads.execute(() -> {
				try {
					result.complete(call.make());
				}
				catch (RegistryException ex) {
					result.completeExceptionally(ex);
				}
				// consul-api throws TransportException, httpclient what it likes
				catch (IOException | RuntimeException | LinkageError ex) {
					logger.trace("{}", request, ex);
					result.completeExceptionally(new RegistryException(failed.get() + ConsulErrors.describe(ex), ex));
				}
			});
		}
		catch (RejectedExecutionException ex) {
			result.completeExceptionally(new RegistryException(failed.get() + "closed", ex));
		}
		return result;
	}

	/**
	 * Ends every call and waits for their threads, at most a second.
	 */
	@Override
	public void close() {
		this.threads.shutdown();
		closeQuietly(this.operations);
		try {
			if (!this.threads.awaitTermination(JOIN.toMillis(), TimeUnit.MILLISECONDS)) {
				logger.debug("{}: some calls are not over yet", this.settings.description());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void closeQuietly(CloseableHttpClient client) {
		try {
			client.close();
		}
		catch (IOException ex) {
			logger.debug("An HTTP client could not be closed cleanly", ex);
		}
	}

	/**
	 * A call that blocks.
	 *
	 * @param <T> type of the answer
	 */
	@FunctionalInterface
	interface Call<T> {

		T make() throws IOException;

	}

}
