package io.github.grpcdiscovery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.grpcdiscovery.consul.ConsulRegistry;
import io.github.grpcdiscovery.consul.ConsulSettings;
import io.github.grpcdiscovery.etcd.EtcdRegistry;
import io.github.grpcdiscovery.etcd.EtcdSettings;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulAgent;
import io.github.grpcdiscovery.testsupport.EtcdServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The recipes of {@code docs/operations.md} for users with few rights, as they stand
 * there.
 */
@Timeout(600)
class DocumentedPermissionsTests {

	private static final String SERVICE = "tag-service";

	private static final String PASSWORD = "s3cret";

	private final List<String> page = page();

	private static List<String> page() {
		try {
			return Files.readAllLines(Path.of("..", "docs", "operations.md"));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void etcd() {
		try (EtcdServer etcd = EtcdServer.started()) {
			List<String> commands = this.page.stream()
				.map(String::strip)
				.filter((line) -> line.startsWith("etcdctl "))
				.toList();
			assertThat(commands).hasSize(8);
			for (String command : commands) {
				// else it would ask for the password
				String whole = command.contains("user add ") ? command + ":" + PASSWORD : command;
				etcd.etcdctl(whole.substring("etcdctl ".length()).split(" "));
			}
			etcd.enableAuth("r00t");
			EtcdSettings settings = EtcdSettings.of(etcd.endpoint());
			try (Registry server = etcd(settings.toBuilder().credentials("tag-service-server", PASSWORD).build());
					Registry client = etcd(settings.toBuilder().credentials("tag-service-client", PASSWORD).build())) {
				serverRegistersAndClientFollows(server, client);
				isRefused(client, SERVICE, "permission denied for user 'tag-service-client'");
				isRefused(server, "carts", "permission denied for user 'tag-service-server'");
			}
			assertThat(etcd.get("")).isEmpty();
		}
	}

	private static Registry etcd(EtcdSettings settings) {
		return new EtcdRegistry(settings, DiscoveryObserver.NONE);
	}

	@Test
	void consul() {
		try (ConsulAgent agent = ConsulAgent.builder().acl().start();
				Registry server = consul(agent, rules("tag-service-server.hcl"));
				Registry client = consul(agent, rules("tag-service-client.hcl"))) {
			serverRegistersAndClientFollows(server, client);
			isRefused(client, SERVICE, "status 403", "service:write on 'tag-service'");
			isRefused(server, "carts", "status 403", "service:write on 'carts'");
			assertThat(agent.get("/v1/agent/services")).contains("\"tag-service-127.0.0.1-9001\"")
				.doesNotContain("9002");
			server.close();
			assertThat(agent.get("/v1/agent/services")).isEqualToIgnoringWhitespace("{}");
		}
	}

	// the indented lines after the comment with the file's name
	private String rules(String file) {
		int comment = this.page.indexOf("    # " + file);
		assertThat(comment).as(file).isNotNegative();
		List<String> rules = this.page.subList(comment + 1, this.page.size())
			.stream()
			.takeWhile((line) -> line.startsWith("    "))
			.toList();
		assertThat(rules).hasSize(2);
		return String.join("\n", rules);
	}

	private static Registry consul(ConsulAgent agent, String rules) {
		return new ConsulRegistry(
				ConsulSettings.builder(agent.endpoint()).token(agent.acl().createToken(rules)).build(),
				DiscoveryObserver.NONE);
	}

	private static void serverRegistersAndClientFollows(Registry server, Registry client) {
		RecordingListener listener = new RecordingListener();
		client.discovery().watch(SERVICE, listener);
		Conditions.eventually(() -> assertThat(listener.last()).isEmpty());
		Registration registration = server.registrar().register(ServiceInstance.of(SERVICE, "127.0.0.1", 9001));
		assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
		Conditions.eventually(() -> assertThat(listener.last()).hasSize(1));
		assertThat(listener.unavailable()).isEmpty();
	}

	private static void isRefused(Registry registry, String service, String... reasons) {
		try (Registration registration = registry.registrar()
			.register(ServiceInstance.of(service, "127.0.0.1", 9002))) {
			Conditions.eventually(() -> assertThat(registration.status().lastError()).contains(reasons));
		}
	}

}
