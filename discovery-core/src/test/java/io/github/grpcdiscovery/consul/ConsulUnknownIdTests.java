package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulAgent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an agent answers about a check or a service that it does not know depends on its
 * version, and must not matter.
 */
@Timeout(600)
class ConsulUnknownIdTests {

	private static final ServiceInstance INSTANCE = ServiceInstance.of("orders", "127.0.0.1", 9001);

	private static final String ID = "orders-127.0.0.1-9001";

	@Test
	void whatTheAgentDoesNotKnowIsRegisteredAgainOrGone() {
		try (ConsulAgent agent = ConsulAgent.started()) {
			ConsulSettings settings = ConsulSettings.builder(agent.endpoint())
				.check(ConsulCheck.builder().kind(ConsulCheck.Kind.TTL).ttl(Duration.ofSeconds(3)).build())
				.build();
			try (HttpConsulApi api = new HttpConsulApi(settings);
					ConsulRegistry registry = new ConsulRegistry(settings, DiscoveryObserver.NONE)) {
				assertThat(status(api.pass("service:nobody"))).as("pass").isIn(404, 500);
				assertThat(status(api.deregister("nobody"))).as("deregister").isIn(200, 404);

				Registration registration = registry.registrar().register(INSTANCE);
				assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
				// each heartbeat may find it out, and each look
				agent.put("/v1/agent/check/deregister/service:" + ID);
				isBack(agent, registration, 2);
				agent.put("/v1/agent/service/deregister/" + ID);
				isBack(agent, registration, 3);

				agent.put("/v1/agent/service/deregister/" + ID);
				assertThat(registration.deregister(Duration.ofSeconds(30)))
					.succeedsWithin(Conditions.scaled(Duration.ofSeconds(40)))
					.isEqualTo(true);
				assertThat(registration.status().lastError()).isNull();
			}
		}
	}

	private static void isBack(ConsulAgent agent, Registration registration, long registrations) {
		Conditions.eventually(() -> {
			assertThat(registration.status().registrations()).isEqualTo(registrations);
			assertThat(registration.status().state()).isEqualTo(State.REGISTERED);
			assertThat(agent.get("/v1/agent/checks")).contains("\"service:" + ID + "\"", "\"passing\"");
		});
	}

	private static int status(CompletionStage<ConsulAnswer> call) {
		assertThat(call.toCompletableFuture()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
		return call.toCompletableFuture().join().status();
	}

}
