package io.github.grpcdiscovery.consul;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.consul.ConsulApi.ReadPermission;
import io.github.grpcdiscovery.consul.ConsulStub.Reply;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

@Timeout(600)
class HttpConsulApiTests extends HttpConsulApiFixture {

	@Test
	void tokenIsAHeaderAndNeverInAUrl() throws Exception {
		this.consul.reply((request) -> Reply.json("[]"));
		result(this.api.service("a"));
		result(this.api.serviceHealth("a"));
		result(this.api.register("{}"));
		result(this.api.deregister("a"));
		result(this.api.pass("service:a"));
		result(this.api.maintenance("a", true, "a & b"));
		result(this.api.readPermission(null, "orders", Set.of("n1")));
		result(list(ConsulQuery.DEFAULT, 0));
		assertThat(this.consul.requests()).hasSize(8).allSatisfy((request) -> {
			assertThat(request.headers()).containsEntry("x-consul-token", "geheim-4711");
			assertThat(request.uri()).doesNotContain("geheim", "token=");
		});
		assertThat(this.consul.requests()).extracting((request) -> request.method() + " " + request.uri())
			.containsExactly("GET /v1/agent/service/a", "GET /v1/agent/health/service/id/a",
					"PUT /v1/agent/service/register?replace-existing-checks=true", "PUT /v1/agent/service/deregister/a",
					"PUT /v1/agent/check/pass/service:a",
					"PUT /v1/agent/service/maintenance/a?enable=true&reason=a+%26+b", "POST /v1/internal/acl/authorize",
					"GET /v1/health/service/orders");
	}

	@Test
	void withoutATokenThereIsNoHeader() throws Exception {
		with(ConsulSettings.of(this.consul.uri()));
		result(this.api.service("a"));
		assertThat(this.consul.requests().get(0).headers()).doesNotContainKey("x-consul-token");
	}

	@Test
	void tokenInAFileIsReadAgainWhenItChanges(@TempDir Path directory) throws Exception {
		Path file = directory.resolve("token");
		Files.writeString(file, "first-1\n");
		with(ConsulSettings.builder(this.consul.uri()).tokenFile(file).build());
		this.consul.reply((request) -> Reply.json("[]"));
		result(list(ConsulQuery.DEFAULT, 0));
		result(this.api.service("a"));
		// replaced at once, as Kubernetes does it
		Path next = directory.resolve("next");
		Files.writeString(next, "second-22");
		Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
		result(list(ConsulQuery.DEFAULT, 0));
		result(this.api.service("a"));
		// half written, and gone
		Files.writeString(file, "two words");
		result(this.api.service("a"));
		Files.delete(file);
		result(list(ConsulQuery.DEFAULT, 0));
		assertThat(this.consul.requests()).extracting((request) -> request.headers().get("x-consul-token"))
			.containsExactly("first-1", "first-1", "second-22", "second-22", "second-22", "second-22");
	}

	@Test
	void tokenFileThatHoldsNoneIsAnErrorThatShowsNothingOfIt(@TempDir Path directory) throws Exception {
		Path file = Files.writeString(directory.resolve("token"), "geheim 4711");
		ConsulSettings settings = ConsulSettings.of(this.consul.uri());
		assertThat(catchThrowable(() -> settings.toBuilder().tokenFile(file).build()))
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("token-file: '" + file + "' (expected: ")
			.hasMessageNotContaining("geheim");
		assertThat(catchThrowable(() -> settings.toBuilder().tokenFile(directory.resolve("none")).build()))
			.isInstanceOf(IllegalArgumentException.class);
		Files.writeString(file, "geheim-4711");
		assertThat(catchThrowable(() -> settings.toBuilder().token("a").tokenFile(file).build()))
			.hasMessageContaining("not both");
		assertThat(settings.toBuilder().tokenFile(file).build().toString()).doesNotContain("geheim");
	}

	@Test
	void addressOfTheNodeIsTheOneThatItHasForOthers() throws Exception {
		with(ConsulSettings.of(this.consul.uri()));
		this.consul.reply((request) -> Reply.json("{\"Member\":{\"Name\":\"a\",\"Addr\":\"10.0.0.7\",\"Port\":8301}}"));
		assertThat(result(this.api.nodeAddress())).isEqualTo("10.0.0.7");
		this.consul.reply((request) -> new Reply(403, Map.of(), "Permission denied"));
		assertThat(result(this.api.nodeAddress())).isNull();
	}

	@Test
	void queryHasAllThatWasAskedFor() throws Exception {
		with(ConsulSettings.builder(this.consul.uri()).namespace("team a").partition("p1").build());
		ConsulQuery query = ConsulQuery.builder()
			.datacenter("dc2")
			.near("_agent")
			.filter("Service.Meta.zone == \"a\"")
			.tags(List.of("v1", "a&b"))
			.passingOnly(true)
			.build();
		result(this.api.health(new HealthRequest("orders", query, -1, Duration.ofSeconds(55), true, false)).answer());
		assertThat(this.consul.requests().get(0).uri()).isEqualTo("/v1/health/service/orders?dc=dc2&near=_agent"
				+ "&filter=Service.Meta.zone+%3D%3D+%22a%22&tag=v1&tag=a%26b"
				+ "&index=18446744073709551615&wait=55s&stale&ns=team+a&partition=p1");
	}

	@Test
	void statusAndHeadersAreSeen() throws Exception {
		this.consul.reply((request) -> Reply.json("[]")
			.with("X-Consul-Index", "42")
			.with("X-Consul-KnownLeader", "false")
			.with("X-Consul-Results-Filtered-By-ACLs", "true"));
		HealthAnswer answer = result(list(ConsulQuery.DEFAULT, 0));
		assertThat(answer.index()).isEqualTo(42);
		assertThat(answer.knownLeader()).isFalse();
		assertThat(answer.filteredByAcls()).isTrue();
		assertThat(answer.empty()).isTrue();
		this.consul.reply((request) -> Reply.of(404, "unknown service ID: a"));
		assertThat(result(this.api.service("a")).isNotFound()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "-1", "abc", "18446744073709551616", "1.5" })
	void indexThatIsNoneIsNone(String index) throws Exception {
		this.consul.reply((request) -> Reply.json("[]").with("X-Consul-Index", index));
		assertThat(result(list(ConsulQuery.DEFAULT, 0)).index()).isZero();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "null", "", "{}", "5", "\"x\"", "[null]", "[{}]", "[5]", "[{\"Service\":null,\"Checks\":[]}]",
					"[{\"Service\":{}}]", "[{\"Service\":{},\"Checks\":null}]", "[", "[] []", "<html>" })
	void bodyThatIsNoListIsAnErrorAndNotAnEmptyList(String body) {
		this.consul.reply((request) -> Reply.json(body));
		assertThat(error(list(ConsulQuery.DEFAULT, 0))).isInstanceOf(RegistryException.class)
			.hasMessageContaining(
					"consul (" + this.consul.uri() + "): GET /v1/health/service/orders: unusable answer: ");
	}

	@Test
	@Proves("I40")
	void pageOfAProxyIsAnError() {
		this.consul.reply((request) -> new Reply(200, Map.of("Content-Type", "text/html"), "[]"));
		assertThat(error(list(ConsulQuery.DEFAULT, 0))).hasMessageContaining("content type 'text/html'");
		this.consul.reply((request) -> new Reply(200, Map.of(), "[]"));
		assertThat(error(list(ConsulQuery.DEFAULT, 0))).hasMessageContaining("content type 'none'");
	}

	@Test
	void statusThatIsNoSuccessIsAnErrorWithWhatConsulSaid() {
		this.consul.reply((request) -> Reply.of(500, "No cluster leader\r\nERROR forged \u202e"));
		assertThat(error(list(ConsulQuery.DEFAULT, 0))).isInstanceOf(ConsulStatusException.class)
			.hasMessageEndingWith("status 500: No cluster leader\\u000D\\u000AERROR forged \\u202E");
		this.consul.reply((request) -> Reply.of(403, "ACL not found"));
		assertThat(error(list(ConsulQuery.DEFAULT, 0))).isInstanceOf(RegistryAccessException.class)
			.hasMessageContaining("service:read on 'orders' and node:read");
		this.consul.reply((request) -> Reply.of(429, "Too many requests"));
		assertThat(error(list(ConsulQuery.DEFAULT, 0))).isInstanceOf(RegistryException.class)
			.hasMessageContaining("429")
			.hasMessageContaining("Too many requests");
		this.consul.reply((request) -> Reply.of(429, ""));
		assertThat(error(list(ConsulQuery.DEFAULT, 0))).hasMessageContaining("429: no reason given")
			.hasMessageContaining("http_max_conns_per_client, 200 by default");
	}

	@Test
	void redirectIsNotFollowed() throws Exception {
		this.consul.reply((request) -> Reply.of(307, "").with("Location", this.consul.uri() + "/evil"));
		assertThat(result(this.api.service("a")).status()).isEqualTo(307);
		assertThat(error(list(ConsulQuery.DEFAULT, 0))).hasMessageContaining("307");
		assertThat(this.consul.requests()).noneMatch((request) -> request.uri().contains("evil"));
	}

	@Test
	void bodyHasALimit() {
		String tag = "x".repeat(LimitedEntity.MAX_BYTES);
		this.consul.reply((request) -> Reply.json("[\"" + tag + "\"]"));
		assertThat(error(list(ConsulQuery.DEFAULT, 0))).hasMessageContaining("body too large");
	}

	@Test
	void agentsCopyTellsNeitherLeaderNorPermissions() throws Exception {
		this.consul.reply((request) -> Reply.json("[]")
			.with("X-Consul-KnownLeader", "false")
			.with("X-Consul-Query-Backend", "streaming"));
		HealthAnswer answer = result(list(ConsulQuery.DEFAULT, 5));
		assertThat(answer.source()).isEqualTo(HealthAnswer.Source.AGENT);
		assertThat(answer.knownLeader()).isTrue();
		this.consul.reply((request) -> Reply.json("[]").with("X-Consul-Query-Backend", "blocking-query"));
		assertThat(result(list(ConsulQuery.DEFAULT, 0)).source()).isEqualTo(HealthAnswer.Source.SERVERS);
		this.consul.reply((request) -> Reply.json("[]"));
		assertThat(result(list(ConsulQuery.DEFAULT, 0)).source()).isEqualTo(HealthAnswer.Source.OLD_SERVERS);
	}

	@Test
	void permissionIsReadFromConsulsAnswer() throws Exception {
		this.consul.reply((request) -> Reply.json("[{\"Allow\":true}]"));
		assertThat(result(this.api.readPermission(null, "orders", Set.of("n1")))).isEqualTo(ReadPermission.GRANTED);
		assertThat(this.consul.requests().get(0).body()).contains("\"Segment\":\"orders\"", "\"Resource\":\"service\"",
				"\"Segment\":\"n1\"", "\"Resource\":\"node\"");
		this.consul.reply((request) -> Reply.json("[{\"Allow\":true},{\"Allow\":false}]"));
		assertThat(result(this.api.readPermission(null, "orders", Set.of("n1")))).isEqualTo(ReadPermission.NODE_DENIED);
		this.consul.reply((request) -> Reply.json("[{\"Allow\":false}]"));
		assertThat(result(this.api.readPermission(null, "orders", Set.of("n1"))))
			.isEqualTo(ReadPermission.SERVICE_DENIED);
		this.consul.reply((request) -> Reply.of(403, "ACL not found"));
		assertThat(result(this.api.readPermission(null, "orders", Set.of("n1"))))
			.isEqualTo(ReadPermission.SERVICE_DENIED);
		this.consul.reply((request) -> Reply.of(401, "ACL support disabled"));
		assertThat(result(this.api.readPermission(null, "orders", Set.of("n1")))).isEqualTo(ReadPermission.GRANTED);
		// of the servers of another datacenter
		this.consul.reply((request) -> Reply.of(500, "rpc error making call: ACL support disabled"));
		assertThat(result(this.api.readPermission("dc2", "orders", Set.of("n1")))).isEqualTo(ReadPermission.GRANTED);
		// of an agent that lets us read and nothing else:
		// http_config.allow_write_http_from
		for (Reply reply : List.of(Reply.of(403, "Access is restricted"), Reply.of(404, ""), Reply.of(405, ""),
				Reply.json("null"), Reply.json("[]"), Reply.of(200, "<html>"))) {
			this.consul.reply((request) -> reply);
			assertThat(result(this.api.readPermission(null, "orders", Set.of("n1")))).isEqualTo(ReadPermission.UNKNOWN);
		}
	}

	@Test
	void permissionIsAskedOfTheDatacenterThatIsFollowed() throws Exception {
		this.consul.reply((request) -> Reply.json("[{\"Allow\":true}]"));
		result(this.api.readPermission("dc2", "orders", Set.of("n1")));
		assertThat(this.consul.requests().get(0).uri()).isEqualTo("/v1/internal/acl/authorize?dc=dc2");
	}

	@Test
	void noMoreIsAskedThanConsulAnswersAtOnce() throws Exception {
		this.consul.reply((request) -> Reply.json("[{\"Allow\":true}]"));
		Set<String> nodes = IntStream.range(0, 200).mapToObj((i) -> "n" + i).collect(Collectors.toSet());
		result(this.api.readPermission(null, "orders", nodes));
		assertThat(Json.read(this.consul.requests().get(0).body())).asInstanceOf(InstanceOfAssertFactories.LIST)
			.hasSize(64);
	}

	@Test
	void permissionThatConsulCannotTellAtPresentIsAnError() {
		for (Reply reply : List.of(Reply.of(429, ""), Reply.of(500, "No cluster leader"), Reply.of(503, ""))) {
			this.consul.reply((request) -> reply);
			assertThat(error(this.api.readPermission(null, "orders", Set.of("n1"))))
				.isInstanceOf(ConsulStatusException.class);
		}
	}

	@Test
	void leaderIsReadFromConsulsAnswer() throws Exception {
		this.consul.reply((request) -> Reply.json("\"10.0.0.1:8300\""));
		assertThat(result(this.api.hasLeader("dc2"))).isTrue();
		assertThat(this.consul.requests().get(0).uri()).isEqualTo("/v1/status/leader?dc=dc2");
		this.consul.reply((request) -> Reply.json("\"\""));
		assertThat(result(this.api.hasLeader(null))).isFalse();
		this.consul.reply((request) -> Reply.of(500, "No known Consul servers"));
		assertThat(result(this.api.hasLeader(null))).isFalse();
		this.consul.reply((request) -> Reply.of(429, ""));
		assertThat(error(this.api.hasLeader(null))).isInstanceOf(RegistryException.class);
	}

	@Test
	void serversAreAskedInPlaceOfTheAgentsCopyByADistance() throws Exception {
		result(this.api.health(new HealthRequest("orders", ConsulQuery.DEFAULT, 5, Duration.ofSeconds(55), false, true))
			.answer());
		assertThat(this.consul.requests().get(0).uri())
			.isEqualTo("/v1/health/service/orders?index=5&wait=55s&near=_agent");
	}

}
