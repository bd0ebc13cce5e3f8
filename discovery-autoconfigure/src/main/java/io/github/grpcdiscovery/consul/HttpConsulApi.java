package io.github.grpcdiscovery.consul;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import com.ecwid.consul.UrlParameters;
import com.ecwid.consul.transport.HttpResponse;
import com.ecwid.consul.v1.ConsulRawClient;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.entity.StringEntity;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.util.EntityUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.codec.Json;

/**
 * {@link ConsulApi} by consul-api's raw client, which blocks: each call has a thread, and
 * blocking queries have connections of their own, so that they keep no operation waiting.
 */
final class HttpConsulApi implements ConsulApi, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(HttpConsulApi.class);

	private static final int OPERATION_CONNECTIONS = 4;

	// an agent takes 200 from one address
	private static final int QUERY_CONNECTIONS = 128;

	/** Without a leader an agent holds a query for 7 s before it says so. */
	private static final Duration LIST_TIMEOUT = Duration.ofSeconds(10);

	private static final Duration QUERY_MARGIN = Duration.ofSeconds(5);

	private static final Duration JOIN = Duration.ofSeconds(1);

	private final ConsulSettings settings;

	private final CloseableHttpClient operations;

	private final CloseableHttpClient queries;

	private final ExecutorService threads;

	HttpConsulApi(ConsulSettings settings) {
		this.settings = settings;
		this.operations = ConsulHttpClients.create(settings, OPERATION_CONNECTIONS);
		this.queries = ConsulHttpClients.create(settings, QUERY_CONNECTIONS);
		this.threads = ConsulThreads.newExecutor("grpc-discovery-consul-");
	}

	@Override
	public ConsulCall<HealthAnswer> health(HealthRequest request) {
		List<String> parameters = request.query().parameters();
		if (request.index() != 0) {
			parameters.add("index=" + Long.toUnsignedString(request.index()));
			parameters.add("wait=" + Durations.text(request.maxWait()));
		}
		if (request.stale()) {
			parameters.add("stale");
		}
		Duration wait = request.maxWait();
		Duration timeout = (request.index() != 0) ? wait.plus(wait.dividedBy(16)).plus(QUERY_MARGIN) : LIST_TIMEOUT;
		ConsulExchange exchange = new ConsulExchange(this.queries, timeout);
		CompletionStage<HealthAnswer> answer = submit("GET /v1/health/service/" + request.service(),
				(what) -> HealthAnswer.read(get(exchange, what, parameters), request));
		return new ConsulCall<>(answer, exchange::abort);
	}

	@Override
	public CompletionStage<ConsulAnswer> service(String id) {
		return submit("GET /v1/agent/service/" + id, (what) -> get(operation(), what, new ArrayList<>()));
	}

	@Override
	public CompletionStage<ConsulAnswer> serviceHealth(String id) {
		return submit("GET /v1/agent/health/service/id/" + id, (what) -> get(operation(), what, new ArrayList<>()));
	}

	@Override
	public CompletionStage<ConsulAnswer> register(String json) {
		return put("/v1/agent/service/register", json, "replace-existing-checks=true");
	}

	@Override
	public CompletionStage<ConsulAnswer> deregister(String id) {
		return put("/v1/agent/service/deregister/" + id, "");
	}

	@Override
	public CompletionStage<ConsulAnswer> pass(String checkId) {
		return put("/v1/agent/check/pass/" + checkId, "");
	}

	@Override
	public CompletionStage<ConsulAnswer> maintenance(String id, boolean on, String reason) {
		List<String> parameters = new ArrayList<>(List.of("enable=" + on));
		UrlParameter.add(parameters, "reason", reason);
		return put("/v1/agent/service/maintenance/" + id, "", parameters.toArray(String[]::new));
	}

	/**
	 * By the endpoint that Consul's own user interface asks. It is there since Consul 1.7
	 * and answers 401 where there are no ACLs; consul-api has no POST.
	 */
	@Override
	public CompletionStage<ReadPermission> readPermission(String service) {
		return submit("POST /v1/internal/acl/authorize", (what) -> {
			byte[] question = Json.writeObject(Map.of("Resource", "service", "Access", "read", "Segment", service));
			return ReadPermissions
				.read(post(operation(), what, "[" + new String(question, StandardCharsets.UTF_8) + "]"));
		});
	}

	private ConsulExchange operation() {
		return new ConsulExchange(this.operations, this.settings.requestTimeout());
	}

	private CompletionStage<ConsulAnswer> put(String path, String body, String... parameters) {
		List<String> all = new ArrayList<>(List.of(parameters));
		return submit("PUT " + path, (what) -> {
			ConsulExchange exchange = operation();
			return answer(exchange, what, rawClient(exchange).makePutRequest(path, body, inScope(all)));
		});
	}

	private ConsulAnswer get(ConsulExchange exchange, String what, List<String> parameters) {
		String path = what.substring(what.indexOf('/'));
		return answer(exchange, what, rawClient(exchange).makeGetRequest(path, inScope(parameters)));
	}

	private ConsulAnswer post(ConsulExchange exchange, String what, String body) {
		String path = what.substring(what.indexOf('/'));
		String query = String.join("&", inScope(new ArrayList<>()).toUrlParameters());
		HttpPost post = new HttpPost(URI.create(this.settings.agent() + path + (query.isEmpty() ? "" : "?" + query)));
		post.setEntity(new StringEntity(body, StandardCharsets.UTF_8));
		try (CloseableHttpResponse response = exchange.execute(post)) {
			String content = EntityUtils.toString(response.getEntity(), StandardCharsets.UTF_8);
			return new ConsulAnswer(request(what), response.getStatusLine().getStatusCode(), exchange.headers(),
					content);
		}
		catch (IOException ex) {
			throw new RegistryException(failed(what, ex), ex);
		}
	}

	private UrlParameters inScope(List<String> parameters) {
		UrlParameter.add(parameters, "ns", this.settings.namespace());
		UrlParameter.add(parameters, "partition", this.settings.partition());
		return () -> parameters;
	}

	private ConsulRawClient rawClient(ConsulExchange exchange) {
		URI agent = this.settings.agent();
		String address = agent.toString();
		int colon = address.lastIndexOf(':');
		return new ConsulRawClient(exchange, address.substring(0, colon),
				Integer.parseInt(address.substring(colon + 1)), "");
	}

	private ConsulAnswer answer(ConsulExchange exchange, String what, HttpResponse response) {
		return new ConsulAnswer(request(what), response.getStatusCode(), exchange.headers(), response.getContent());
	}

	private String request(String what) {
		return this.settings.description() + ": " + what;
	}

	private String failed(String what, Throwable error) {
		return request(what) + " failed: " + ConsulErrors.describe(error);
	}

	// errors of every kind: consul-api throws TransportException, httpclient what it
	// likes
	private <T> CompletionStage<T> submit(String what, Function<String, T> call) {
		CompletableFuture<T> result = new CompletableFuture<>();
		try {
			this.threads.execute(() -> {
				try {
					result.complete(call.apply(what));
				}
				catch (RegistryException ex) {
					result.completeExceptionally(ex);
				}
				catch (RuntimeException | LinkageError ex) {
					logger.trace("{}", request(what), ex);
					result.completeExceptionally(new RegistryException(failed(what, ex), ex));
				}
			});
		}
		catch (RejectedExecutionException ex) {
			result.completeExceptionally(new RegistryException(request(what) + " failed: closed", ex));
		}
		return result;
	}

	/**
	 * Ends every call and waits for their threads, at most a second.
	 */
	@Override
	public void close() {
		this.threads.shutdown();
		closeQuietly(this.queries);
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

}
