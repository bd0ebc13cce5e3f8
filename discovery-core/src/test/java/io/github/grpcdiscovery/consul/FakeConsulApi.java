package io.github.grpcdiscovery.consul;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.consul.HealthAnswer.Entry;
import io.github.grpcdiscovery.consul.HealthAnswer.Source;
import io.github.grpcdiscovery.internal.codec.Json;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A Consul that answers when it is told to.
 */
final class FakeConsulApi implements ConsulApi {

	final List<Query> queries = new ArrayList<>();

	final List<KeyQuery> keyQueries = new ArrayList<>();

	/** Operations under way, such as {@code register}, in the order of their calls. */
	final List<Operation> operations = new ArrayList<>();

	ReadPermission readPermission = ReadPermission.GRANTED;

	int permissionQuestions;

	/** Whether a query cannot even be sent. */
	boolean broken;

	Set<String> nodesAskedAbout = Set.of();

	@Nullable String datacenterAskedAbout;

	boolean leader = true;

	int leaderQuestions;

	@Nullable Integer connectionLimit = 200;

	/** What comes before the limit is told. */
	CompletableFuture<Void> limitIsKnown = CompletableFuture.completedFuture(null);

	@Override
	public ConsulCall<HealthAnswer> health(HealthRequest request) {
		if (this.broken) {
			throw new IllegalArgumentException("unsupported URI");
		}
		Query query = new Query(request);
		this.queries.add(query);
		return new ConsulCall<>(query.answer, () -> query.aborted = true);
	}

	@Override
	public ConsulCall<KeyAnswer> key(KeyRequest request) {
		KeyQuery query = new KeyQuery(request, new CompletableFuture<>());
		this.keyQueries.add(query);
		return new ConsulCall<>(query.answer(), () -> query.answer().cancel(false));
	}

	/**
	 * The query that waits for an answer.
	 */
	Query query() {
		Query last = this.queries.get(this.queries.size() - 1);
		assertThat(last.answer).as("last query").isNotDone();
		return last;
	}

	boolean isAsked() {
		return !this.queries.isEmpty() && !this.queries.get(this.queries.size() - 1).answer.isDone();
	}

	@Override
	public CompletionStage<ReadPermission> readPermission(@Nullable String datacenter, String service,
			Set<String> nodes) {
		this.datacenterAskedAbout = datacenter;
		this.permissionQuestions++;
		this.nodesAskedAbout = nodes;
		return CompletableFuture.completedFuture(this.readPermission);
	}

	@Override
	public CompletionStage<Boolean> hasLeader(@Nullable String datacenter) {
		this.leaderQuestions++;
		return CompletableFuture.completedFuture(this.leader);
	}

	@Override
	public CompletionStage<@Nullable Integer> connectionLimit() {
		return this.limitIsKnown.thenApply((known) -> this.connectionLimit);
	}

	@Override
	public CompletionStage<@Nullable String> nodeAddress() {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletionStage<ConsulAnswer> service(String id) {
		return operation("service", id);
	}

	@Override
	public CompletionStage<ConsulAnswer> serviceHealth(String id) {
		return operation("health", id);
	}

	@Override
	public CompletionStage<ConsulAnswer> register(String json) {
		return operation("register", json);
	}

	@Override
	public CompletionStage<ConsulAnswer> deregister(String id) {
		return operation("deregister", id);
	}

	@Override
	public CompletionStage<ConsulAnswer> pass(String checkId) {
		return operation("pass", checkId);
	}

	@Override
	public CompletionStage<ConsulAnswer> maintenance(String id, boolean on, String reason) {
		return operation("maintenance", id + " " + on + " " + reason);
	}

	private CompletionStage<ConsulAnswer> operation(String name, String argument) {
		Operation operation = new Operation(name, argument, new CompletableFuture<>());
		this.operations.add(operation);
		return operation.answer;
	}

	/**
	 * Takes the oldest operation that waits for an answer.
	 */
	Operation next(String name) {
		assertThat(this.operations).as("operations under way").isNotEmpty();
		Operation next = this.operations.remove(0);
		assertThat(next.name()).isEqualTo(name);
		return next;
	}

	static ServiceInstance instance(int port) {
		return ServiceInstance.of("orders", "10.0.0.1", port);
	}

	static HealthAnswer answer(long index, int... ports) {
		return answer(index, true, false, ports);
	}

	static HealthAnswer answer(long index, boolean knownLeader, boolean filteredByAcls, int... ports) {
		return answer(index, Source.SERVERS, knownLeader, filteredByAcls, ports);
	}

	/**
	 * An answer of a Consul that does not say whether it leaves something out.
	 */
	static HealthAnswer oldAnswer(long index, int... ports) {
		return answer(index, Source.OLD_SERVERS, true, false, ports);
	}

	/**
	 * An answer from the agent's copy.
	 */
	static HealthAnswer streamed(long index, int... ports) {
		return answer(index, Source.AGENT, true, false, ports);
	}

	private static HealthAnswer answer(long index, Source source, boolean knownLeader, boolean filteredByAcls,
			int... ports) {
		List<ServiceInstance> instances = new ArrayList<>();
		for (int port : ports) {
			instances.add(instance(port));
		}
		return new HealthAnswer(index, source, knownLeader, filteredByAcls, entries(instances), instances, Set.of(),
				Set.of(), Map.of(), List.of());
	}

	private static Set<Entry> entries(List<ServiceInstance> instances) {
		return instances.stream()
			.map((instance) -> new Entry("n" + instance.port(), instance.id()))
			.collect(Collectors.toSet());
	}

	/**
	 * An answer in which some are known to be unwell.
	 */
	static HealthAnswer outOfService(long index, List<Integer> ports, int... left) {
		Set<HostAndPort> outOfService = ports.stream()
			.map((port) -> instance(port).address())
			.collect(Collectors.toSet());
		HealthAnswer answer = answer(index, left);
		Set<Entry> entries = entries(ports.stream().map(FakeConsulApi::instance).toList());
		entries.addAll(answer.entries());
		return new HealthAnswer(index, Source.SERVERS, true, false, entries, answer.instances(), outOfService, Set.of(),
				Map.of(), List.of());
	}

	/**
	 * What the agent holds after a registration.
	 */
	static Map<String, Object> held(ConsulRecord record) {
		Map<String, Object> service = new LinkedHashMap<>(Json.asObject(Json.read(record.body())));
		service.put("Service", service.remove("Name"));
		service.remove("Checks");
		return service;
	}

	/** A blocking query under way. */
	static final class Query {

		final HealthRequest request;

		final CompletableFuture<HealthAnswer> answer = new CompletableFuture<>();

		boolean aborted;

		Query(HealthRequest request) {
			this.request = request;
		}

		void answer(HealthAnswer answer) {
			this.answer.complete(answer);
		}

		void fail(RegistryException cause) {
			this.answer.completeExceptionally(cause);
		}

		void status(int status) {
			fail(new ConsulStatusException("consul: status " + status, status));
		}

	}

	/**
	 * An operation under way.
	 *
	 * @param name what is done
	 * @param argument with what
	 * @param answer the answer to come
	 */
	record Operation(String name, String argument, CompletableFuture<ConsulAnswer> answer) {

		void status(int status) {
			json(status, Map.of());
		}

		void json(int status, Map<String, Object> body) {
			this.answer.complete(new ConsulAnswer("consul: " + this.name, status,
					Map.of(ConsulAnswer.CONTENT_TYPE, "application/json"),
					new String(Json.writeObject(body), StandardCharsets.UTF_8)));
		}

		void fail() {
			this.answer.completeExceptionally(new RegistryException("consul: " + this.name + " failed", null));
		}

	}

	record KeyQuery(KeyRequest request, CompletableFuture<KeyAnswer> answer) {
	}

}
