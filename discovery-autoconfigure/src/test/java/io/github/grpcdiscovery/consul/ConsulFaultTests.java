package io.github.grpcdiscovery.consul;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.RecordingListener;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulAgent;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(180)
class ConsulFaultTests {

	private final List<Registry> registries = new ArrayList<>();

	private final RecordingListener listener = new RecordingListener();

	@AfterEach
	void close() {
		this.registries.forEach(Registry::close);
		this.listener.assertPromisesKept();
	}

	@Test
	void agentWithoutMemoryCostsNoInstance() {
		try (ConsulAgent agent = ConsulAgent.started()) {
			ConsulSettings settings = byTtl(agent);
			Registration registration = registered(open(settings), 9001);
			Registry following = follow(settings, 1);
			agent.kill();
			Conditions.eventually(() -> assertThat(status(following).connected()).isFalse());
			agent.start();
			Conditions.await(Duration.ofSeconds(6))
				.untilAsserted(() -> assertThat(agent.get("/v1/agent/services")).contains("orders-127.0.0.1-9001"));
			Conditions.eventually(() -> assertThat(registration.status().registrations()).isEqualTo(2));
			becomesTrustedAgain(following);
			assertThat(this.listener.lists()).as("never changed").hasSize(1);
		}
	}

	@Test
	void agentThatLeavesAndComesBackCostsNoInstance() {
		try (ConsulAgent agent = ConsulAgent.started()) {
			ConsulSettings settings = byTtl(agent).withQuery(ConsulQuery.DEFAULT.withEmptyGrace(Duration.ofSeconds(3)));
			Registry registering = ConsulFixture.newRegistry(settings, DiscoveryObserver.NONE);
			this.registries.add(registering);
			registered(registering, 9001);
			registered(registering, 9002);
			Registry following = follow(settings, 2);
			agent.leave();
			Conditions.eventually(() -> assertThat(status(following).connected()).isFalse());
			agent.start();
			becomesTrustedAgain(following);
			Conditions.eventually(() -> assertThat(agent.get("/v1/agent/services")).contains("-9001\"", "-9002\""));
			assertThat(this.listener.lists()).as("never changed").hasSize(1);
		}
	}

	// the grace is over when a change is believed at once
	private void becomesTrustedAgain(Registry following) {
		Conditions.await(Duration.ofSeconds(20)).until(() -> status(following).connected());
	}

	@Test
	void agentThatHangsIsGivenUpAndKeepsNobodyFromClosing() {
		try (ConsulAgent agent = ConsulAgent.started()) {
			ConsulSettings settings = byTtl(agent).withQuery(ConsulQuery.DEFAULT.withMaxWait(Duration.ofSeconds(1)));
			Registry following = follow(settings, 0);
			Registry registering = open(settings);
			registered(registering, 9001);
			Conditions.eventually(() -> assertThat(this.listener.lastIds()).hasSize(1));
			agent.pause();
			Conditions.await(Duration.ofSeconds(12)).until(() -> !status(following).connected());
			CompletableFuture<Void> closed = CompletableFuture.runAsync(registering::close);
			assertThat(closed).succeedsWithin(Conditions.scaled(Duration.ofSeconds(5)));
			assertThat(this.listener.lastIds()).hasSize(1);
			agent.resume();
			Conditions.await(Duration.ofSeconds(20)).until(() -> status(following).connected());
		}
	}

	@Test
	void agentThatTakesNoMoreConnectionsIsWaitedFor() throws IOException {
		try (ConsulAgent agent = ConsulAgent.builder()
			.args("-hcl", "limits { http_max_conns_per_client = 6 }")
			.start()) {
			List<Socket> idle = new ArrayList<>();
			for (int i = 0; i < 6; i++) {
				idle.add(new Socket(InetAddress.getLoopbackAddress(), agent.httpPort()));
			}
			ConsulSettings settings = byTtl(agent);
			Registry registry = open(settings);
			Registration registration = registry.registrar().register(ServiceInstance.of("orders", "127.0.0.1", 9001));
			Conditions.eventually(() -> assertThat(registration.status().lastError()).isNotNull());
			assertThat(registration.status().state()).isEqualTo(State.REGISTERING);
			for (Socket socket : idle) {
				socket.close();
			}
			assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(10)));
			follow(settings, 1);
		}
	}

	private static ConsulSettings byTtl(ConsulAgent agent) {
		return ConsulSettings.of(agent.endpoint()).withCheck(ConsulCheck.DEFAULT.withKind(ConsulCheck.Kind.TTL));
	}

	private Registry open(ConsulSettings settings) {
		Registry registry = new ConsulRegistry(settings, DiscoveryObserver.NONE);
		this.registries.add(registry);
		return registry;
	}

	private static Registration registered(Registry registry, int port) {
		Registration registration = registry.registrar().register(ServiceInstance.of("orders", "127.0.0.1", port));
		assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(10)));
		return registration;
	}

	private Registry follow(ConsulSettings settings, int instances) {
		Registry registry = open(settings);
		registry.discovery().watch("orders", this.listener);
		Conditions.eventually(() -> assertThat(this.listener.last()).isNotNull().hasSize(instances));
		return registry;
	}

	private static WatchStatus status(Registry registry) {
		return registry.discovery().watches().get(0);
	}

}
