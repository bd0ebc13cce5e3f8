package io.github.grpcdiscovery.consul;

import java.net.URI;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.DiscoveryOptions;
import io.github.grpcdiscovery.ServiceDiscovery;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.consul.ConsulStub.Reply;
import io.github.grpcdiscovery.consul.ConsulStub.Request;
import io.github.grpcdiscovery.resolver.DiscoveryTarget;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulAgent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@Timeout(600)
class ConsulTargetTests {

	private static final String TOKEN = "geheim-4711";

	@Test
	void optionsAreAskedOfTheAgentAndSharedByAllWhoAskTheSame() {
		try (ConsulAgent agent = ConsulAgent.started();
				ConsulRegistry registry = new ConsulRegistry(ConsulSettings.of(agent.endpoint()),
						DiscoveryObserver.NONE)) {
			register(agent, "one", 9001, "\"v1\",\"eu\"", "a");
			register(agent, "two", 9002, "\"v1\"", "b");
			assertThat(follow(registry, "consul:///orders").lastIds()).hasSize(2);
			RecordingListener tagged = follow(registry, "consul:///orders?tag=v1&tag=eu&passing=true");
			assertThat(tagged.last()).extracting(ServiceInstance::port).containsExactly(9001);
			assertThat(follow(registry, "consul:///orders?passing=true&tag=v1&tag=eu").last()).isEqualTo(tagged.last());
			String address = "consul://127.0.0.1:" + agent.httpPort() + "/orders";
			assertThat(follow(registry, address + "?filter=Service.Meta.zone%3D%3D%22b%22&near=_agent&dc=dc1").last())
				.extracting(ServiceInstance::port)
				.containsExactly(9002);
			assertThat(registry.watches()).extracting(WatchStatus::registry).containsOnly("consul");
			assertThat(registry.watches()).extracting(WatchStatus::service)
				.containsExactlyInAnyOrder("orders", "orders?passing=true&tag=v1&tag=eu",
						"orders?dc=dc1&filter=Service.Meta.zone%3D%3D%22b%22&near=_agent");
			Conditions.eventually(() -> assertThat(registry.watches()).extracting(WatchStatus::subscriptions)
				.containsExactlyInAnyOrder(1, 1, 2));
			assertThat(discovery(registry, "consul:///orders?tag=v1").description())
				.isEqualTo("consul (%s) with tag=v1", agent.endpoint());
			assertThat(discovery(registry, address)).isSameAs(registry.discovery());
		}
	}

	@Test
	void changeReachesOnlyThoseWhoAskedForIt() {
		try (ConsulAgent agent = ConsulAgent.started();
				ConsulRegistry registry = new ConsulRegistry(ConsulSettings.of(agent.endpoint()),
						DiscoveryObserver.NONE)) {
			register(agent, "one", 9001, "\"v1\"", "a");
			RecordingListener first = follow(registry, "consul:///orders?tag=v1");
			RecordingListener second = follow(registry, "consul:///orders?tag=v2");
			assertThat(second.last()).isEmpty();
			register(agent, "two", 9002, "\"v2\"", "a");
			Conditions
				.eventually(() -> assertThat(second.last()).extracting(ServiceInstance::port).containsExactly(9002));
			assertThat(first.lists()).hasSize(1);
		}
	}

	@Test
	void anotherAgentGetsNeitherTokenNorNamespace() {
		try (ConsulStub configured = new ConsulStub();
				ConsulStub other = new ConsulStub();
				ConsulRegistry registry = new ConsulRegistry(ConsulSettings.builder(configured.uri())
					.token(TOKEN)
					.namespace("team")
					.partition("west")
					.build(), DiscoveryObserver.NONE)) {
			follow(registry, "consul:///orders?tag=v1");
			follow(registry, "consul://" + configured.uri().getAuthority() + "/carts");
			follow(registry, "consul://" + other.uri().getAuthority() + "/orders?tag=v1");
			assertThat(configured.requests()).isNotEmpty()
				.allMatch((request) -> TOKEN.equals(request.headers().get("x-consul-token")))
				.allMatch((request) -> request.uri().contains("ns=team&partition=west"));
			assertThat(other.requests()).isNotEmpty()
				.noneMatch((request) -> request.toString().contains(TOKEN))
				.noneMatch((request) -> request.uri().contains("ns=") || request.uri().contains("partition="));
			assertThat(other.requests()).extracting(Request::uri).contains("/v1/health/service/orders?tag=v1");
			assertThat(registry.watches()).extracting((watch) -> watch.registry() + "/" + watch.service())
				.containsExactlyInAnyOrder("consul/orders?tag=v1", "consul/carts",
						"consul://" + other.uri().getAuthority() + "/orders?tag=v1");
		}
	}

	@Test
	void anotherAgentIsSharedAndClosedWithTheRegistry() {
		try (ConsulStub configured = new ConsulStub(); ConsulStub other = new ConsulStub()) {
			other.reply((request) -> request.uri().contains("index=") ? null : Reply.json("[]"));
			ConsulRegistry registry = new ConsulRegistry(ConsulSettings.of(configured.uri()), DiscoveryObserver.NONE);
			String agent = "consul://" + other.uri().getAuthority();
			RecordingListener listener = follow(registry, agent + "/orders");
			assertThat(discovery(registry, agent + "/carts")).isSameAs(discovery(registry, agent + "/orders"));
			Conditions.eventually(() -> assertThat(other.requests()).anyMatch((it) -> it.uri().contains("index=5")));
			long begin = System.nanoTime();
			registry.close();
			assertThat(Duration.ofNanos(System.nanoTime() - begin))
				.isLessThan(Conditions.scaled(Duration.ofSeconds(20)));
			assertThat(listener.unavailable()).isEmpty();
			assertThat(configured.requests()).isEmpty();
			assertThat(discovery(registry, "consul:///orders")).isNotNull();
			assertThatIllegalStateException().isThrownBy(() -> discovery(registry, "consul://127.0.0.1:1/orders"))
				.withMessageContaining("is closed");
		}
	}

	private static void register(ConsulAgent agent, String id, int port, String tags, String zone) {
		agent.put("/v1/agent/service/register", """
				{"ID":"%s","Name":"orders","Address":"127.0.0.1","Port":%d,"Tags":[%s],"Meta":{"zone":"%s"}}"""
			.formatted(id, port, tags, zone));
	}

	private static RecordingListener follow(ConsulRegistry registry, String target) {
		RecordingListener listener = new RecordingListener();
		Subscription ignored = discovery(registry, target).watch(DiscoveryTarget.parse(URI.create(target)).service(),
				listener);
		Conditions.eventually(() -> assertThat(listener.last()).isNotNull());
		return listener;
	}

	private static ServiceDiscovery discovery(ConsulRegistry registry, String target) {
		DiscoveryOptions options = DiscoveryTarget.parse(URI.create(target)).options();
		return registry.discovery(options);
	}

}
