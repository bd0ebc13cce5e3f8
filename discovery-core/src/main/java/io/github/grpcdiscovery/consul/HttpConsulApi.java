package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.internal.util.Durations;

/**
 * {@link ConsulApi} by HTTP: which question has which path and parameters.
 */
final class HttpConsulApi implements ConsulApi, AutoCloseable {

	/** Without a leader an agent holds a query for 7 s before it says so. */
	private static final Duration LIST_TIMEOUT = Duration.ofSeconds(10);

	private static final Duration QUERY_MARGIN = Duration.ofSeconds(5);

	private final ConsulHttp http;

	private final QueryHttp queries;

	private final Duration requestTimeout;

	HttpConsulApi(ConsulSettings settings) {
		ConsulToken token = new ConsulToken(settings);
		this.http = new ConsulHttp(settings, token);
		this.queries = new QueryHttp(settings, token);
		this.requestTimeout = settings.requestTimeout();
	}

	@Override
	public ConsulCall<HealthAnswer> health(HealthRequest request) {
		List<String> parameters = new ArrayList<>(request.query().parameters());
		addWait(parameters, request.index(), request.maxWait());
		if (request.stale()) {
			parameters.add("stale");
		}
		if (request.fromServers() && request.index() != 0 && request.query().near() == null) {
			// an agent does not stream what is sorted
			parameters.add("near=_agent");
		}
		return this.queries.get("/v1/health/service/" + UrlParameter.inPath(request.service()), parameters,
				timeout(request.index(), request.maxWait()), (answer) -> HealthAnswer.read(answer, request));
	}

	@Override
	public ConsulCall<KeyAnswer> key(KeyRequest request) {
		List<String> parameters = new ArrayList<>();
		UrlParameter.add(parameters, "dc", request.datacenter());
		addWait(parameters, request.index(), request.maxWait());
		return this.queries.get("/v1/kv/" + UrlParameter.inPath(request.key()), parameters,
				timeout(request.index(), request.maxWait()), (answer) -> KeyAnswer.read(answer, request.key()));
	}

	private static void addWait(List<String> parameters, long index, Duration maxWait) {
		if (index != 0) {
			parameters.add("index=" + Long.toUnsignedString(index));
			parameters.add("wait=" + Durations.text(maxWait));
		}
	}

	// Consul itself waits for up to a sixteenth more
	private static Duration timeout(long index, Duration wait) {
		return (index != 0) ? wait.plus(wait.dividedBy(16)).plus(QUERY_MARGIN) : LIST_TIMEOUT;
	}

	/**
	 * By the endpoint that Consul's own user interface asks. It is there since Consul 1.7
	 * and answers 401 where there are no ACLs.
	 */
	@Override
	public CompletionStage<ReadPermission> readPermission(@Nullable String datacenter, String service,
			Set<String> nodes) {
		List<String> parameters = new ArrayList<>();
		UrlParameter.add(parameters, "dc", datacenter);
		return this.queries
			.post("/v1/internal/acl/authorize", parameters, ReadPermissions.request(service, nodes),
					this.requestTimeout, ReadPermissions::read)
			.answer();
	}

	@Override
	public CompletionStage<Boolean> hasLeader(@Nullable String datacenter) {
		List<String> parameters = new ArrayList<>();
		UrlParameter.add(parameters, "dc", datacenter);
		String path = "/v1/status/leader";
		return this.http.submit("GET " + path, () -> this.http.get(this.http.operation(), path, parameters))
			.thenApply(HttpConsulApi::namesALeader);
	}

	// an agent that reaches no server answers 500
	private static boolean namesALeader(ConsulAnswer answer) {
		if (answer.status() >= 500) {
			return false;
		}
		answer.requireOk("nothing");
		return answer.json() instanceof String leader && !leader.isEmpty();
	}

	@Override
	public CompletionStage<@Nullable Integer> connectionLimit() {
		return get("/v1/agent/self").thenApply(HttpConsulApi::limit);
	}

	private static @Nullable Integer limit(ConsulAnswer agent) {
		if (!agent.isOk()) {
			return null;
		}
		Object limit = Json.asObject(Json.asObject(agent.json()).get("DebugConfig")).get("HTTPMaxConnsPerClient");
		return (limit instanceof Integer number) ? number : null;
	}

	@Override
	public CompletionStage<@Nullable String> nodeAddress() {
		return get("/v1/agent/self").thenApply((agent) -> {
			Object address = agent.isOk() ? Json.asObject(Json.asObject(agent.json()).get("Member")).get("Addr") : null;
			return (address instanceof String text) ? text : null;
		});
	}

	@Override
	public CompletionStage<ConsulAnswer> service(String id) {
		return get("/v1/agent/service/" + id);
	}

	@Override
	public CompletionStage<ConsulAnswer> serviceHealth(String id) {
		return get("/v1/agent/health/service/id/" + id);
	}

	@Override
	public CompletionStage<ConsulAnswer> register(String json) {
		return put("/v1/agent/service/register", List.of("replace-existing-checks=true"), json);
	}

	@Override
	public CompletionStage<ConsulAnswer> deregister(String id) {
		return put("/v1/agent/service/deregister/" + id, List.of(), "");
	}

	@Override
	public CompletionStage<ConsulAnswer> pass(String checkId) {
		return put("/v1/agent/check/pass/" + checkId, List.of(), "");
	}

	@Override
	public CompletionStage<ConsulAnswer> maintenance(String id, boolean on, String reason) {
		List<String> parameters = new ArrayList<>(List.of("enable=" + on));
		UrlParameter.add(parameters, "reason", reason);
		return put("/v1/agent/service/maintenance/" + id, parameters, "");
	}

	private CompletionStage<ConsulAnswer> get(String path) {
		return this.http.submit("GET " + path, () -> this.http.get(this.http.operation(), path, List.of()));
	}

	private CompletionStage<ConsulAnswer> put(String path, List<String> parameters, String body) {
		return this.http.submit("PUT " + path, () -> this.http.put(this.http.operation(), path, parameters, body));
	}

	/**
	 * Ends every call and waits for their threads, at most a second.
	 */
	@Override
	public void close() {
		this.queries.close();
		this.http.close();
	}

}
