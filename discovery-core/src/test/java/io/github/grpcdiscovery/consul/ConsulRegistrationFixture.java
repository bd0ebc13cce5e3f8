package io.github.grpcdiscovery.consul;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.BeforeEach;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.internal.reconnect.RegistryContext;
import io.github.grpcdiscovery.internal.registration.RegistrationKeeper;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One registration on an agent that a test answers for.
 */
abstract class ConsulRegistrationFixture {

	private static final ServiceInstance INSTANCE = ServiceInstance.of("orders", "10.0.0.1", 9090);

	static final String ID = "orders-10.0.0.1-9090";

	final FakeScheduler scheduler = new FakeScheduler();

	final FakeConsulApi api = new FakeConsulApi();

	ConsulSettings settings = ConsulSettings.of(URI.create("http://127.0.0.1:8500"));

	ConsulRegistrationProtocol protocol;

	Registration registration;

	boolean answering = true;

	boolean refusing;

	@BeforeEach
	void register() {
		this.api.operations.clear();
		EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.999);
		this.protocol = new ConsulRegistrationProtocol(this.api, loop, this.settings, INSTANCE,
				(addresses, absent) -> absent.accept(this.answering ? Set.of() : Set.copyOf(addresses)),
				(addresses, absent) -> absent.accept(this.refusing ? Set.copyOf(addresses) : Set.of()));
		this.registration = RegistrationKeeper.start(
				new RegistryContext("consul", "consul", loop, DiscoveryObserver.NONE), INSTANCE,
				ConsulRegistry.REGISTRATION_BACKOFF, this.protocol);
		run();
	}

	void health(String status) {
		this.api.next("health").json("critical".equals(status) ? 503 : 200, Map.of("AggregatedStatus", status));
		run();
	}

	void registered() {
		answer("service", 404);
		answer("register", 200);
		assertState(State.REGISTERED);
	}

	CompletableFuture<Boolean> leave() {
		CompletableFuture<Boolean> left = this.registration.deregister(Duration.ofSeconds(2));
		run();
		return left;
	}

	Map<String, Object> held() {
		return FakeConsulApi.held(this.protocol.record());
	}

	Map<String, Object> foreign(String host, int port) {
		Map<String, Object> foreign = held();
		foreign.put("Address", host);
		foreign.put("Port", port);
		Map<String, Object> meta = new HashMap<>(Json.asObject(foreign.get("Meta")));
		meta.put(ConsulMeta.OWNER, "somebody else");
		foreign.put("Meta", meta);
		return foreign;
	}

	void answer(String operation, int status) {
		this.api.next(operation).status(status);
		run();
	}

	void fail(String operation) {
		this.api.next(operation).fail();
		run();
	}

	void run() {
		this.scheduler.runDue();
	}

	void assertState(State state) {
		assertThat(this.registration.status().state()).as("%s", this.registration.status()).isEqualTo(state);
	}

}
