package io.github.grpcdiscovery.testsupport;

import java.io.UncheckedIOException;
import java.net.http.HttpResponse;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ConsulAgentTests {

	private static final String SERVICES = "/v1/agent/services";

	private static final String TAGS = """
			{"ID": "tags-1", "Name": "tags", "Address": "127.0.0.1", "Port": 9090}""";

	@Test
	void developmentAgentForgetsItsServicesWhenRestarted() {
		try (ConsulAgent consul = ConsulAgent.started()) {
			int port = consul.httpPort();
			register(consul);
			consul.restart();
			assertThat(consul.get(SERVICES)).doesNotContain("tags");
			assertThat(consul.httpPort()).isEqualTo(port);
		}
	}

	@Test
	void stoppedAgentStartsAgain() {
		try (ConsulAgent consul = ConsulAgent.started()) {
			consul.stop();
			assertThat(consul.isRunning()).isFalse();
			consul.start();
			assertThat(consul.get(SERVICES)).isEqualToIgnoringWhitespace("{}");
		}
	}

	@Test
	void persistentAgentKnowsItsServicesUntilItIsWiped() {
		try (ConsulAgent consul = ConsulAgent.builder().persistent().start()) {
			register(consul);
			consul.restart();
			assertThat(consul.get(SERVICES)).contains("tags-1");
			consul.wipe();
			assertThat(consul.get(SERVICES)).doesNotContain("tags-1");
		}
	}

	@Test
	void pausedAgentAnswersOnceItIsResumed() {
		try (ConsulAgent consul = ConsulAgent.started()) {
			consul.pause();
			assertThat(Http.text(consul.endpoint().resolve(SERVICES))).isNull();
			consul.resume();
			Conditions.await().until(consul::isReady);
		}
	}

	@Test
	void agentThatLeavesEnds() {
		try (ConsulAgent consul = ConsulAgent.started()) {
			consul.leave();
			assertThat(consul.isRunning()).isFalse();
			assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> consul.get(SERVICES));
		}
	}

	@Test
	void tokenMayDoWhatItsRulesSay() {
		try (ConsulAgent consul = ConsulAgent.builder().acl().start()) {
			register(consul);
			String token = consul.acl().createToken("""
					service_prefix "" { policy = "read" }
					node_prefix "" { policy = "read" }""");
			Conditions.eventually(() -> assertThat(healthy(consul, token).body()).contains("tags-1"));
			assertThat(consul.send("PUT", "/v1/agent/service/register", TAGS, token).statusCode()).isEqualTo(403);
			consul.acl().withdrawPolicies(token);
			Conditions.eventually(() -> assertThat(healthy(consul, token).body()).isEqualToIgnoringWhitespace("[]"));
			consul.acl().deleteToken(token);
			Conditions.eventually(() -> assertThat(healthy(consul, token).statusCode()).isEqualTo(403));
		}
	}

	@Test
	void requestThatFailsSaysWhatConsulAnswered() {
		try (ConsulAgent consul = ConsulAgent.started()) {
			assertThatIllegalStateException().isThrownBy(() -> consul.put("/v1/agent/service/register", "{}"))
				.withMessageStartingWith("PUT /v1/agent/service/register: 400 ");
		}
	}

	private static void register(ConsulAgent consul) {
		consul.put("/v1/agent/service/register", TAGS);
		assertThat(consul.get(SERVICES)).contains("tags-1");
	}

	private static HttpResponse<String> healthy(ConsulAgent consul, String token) {
		return consul.send("GET", "/v1/health/service/tags?passing", null, token);
	}

}
