package io.github.grpcdiscovery.consul;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

import org.apache.http.client.methods.HttpGet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.consul.ConsulStub.Reply;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.FreePorts;
import io.github.grpcdiscovery.testsupport.TcpProxy;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Calls that take long, are aborted or never end.
 */
@Timeout(600)
class HttpConsulCallTests extends HttpConsulApiFixture {

	@Test
	@Proves("F36")
	void agentThatHangsIsGivenUp() {
		with(ConsulSettings.builder(this.consul.uri()).requestTimeout(Duration.ofSeconds(1)).build());
		this.consul.reply((request) -> null);
		assertThat(error(this.api.service("a"))).hasMessageContaining("GET /v1/agent/service/a failed: ")
			.hasMessageContaining("timed out");
		// one that could not even be sent in time is none
		assertThat(this.consul.requests()).as("not sent again").hasSizeLessThanOrEqualTo(1);
	}

	@Test
	void queryThatIsAbortedEndsAtOnce() {
		this.consul.reply((request) -> null);
		ConsulCall<HealthAnswer> call = list(5);
		Conditions.eventually(() -> assertThat(this.consul.requests()).hasSize(1));
		call.abort().run();
		call.abort().run();
		assertThat(error(call.answer())).isInstanceOf(RegistryException.class);
	}

	@Test
	void queryThatIsAbortedClosesItsConnection() throws Exception {
		try (ServerSocket agent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			with(ConsulSettings.of(URI.create("http://127.0.0.1:" + agent.getLocalPort())));
			ConsulCall<HealthAnswer> call = list(5);
			try (Socket connection = agent.accept()) {
				connection.setSoTimeout(30_000);
				BufferedReader request = new BufferedReader(
						new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
				assertThat(request.readLine()).startsWith("GET /v1/health/service/orders?index=5");
				call.abort().run();
				assertThat(request.lines().toList()).as("ends after the headers").isNotEmpty();
				assertThat(error(call.answer())).isInstanceOf(RegistryException.class);
			}
		}
	}

	@Test
	void queryThatIsNotAnsweredInTimeIsGivenUp() {
		try (TcpProxy proxy = TcpProxy.to(this.consul.uri().getPort())) {
			with(ConsulSettings.of(proxy.uri("http")));
			this.consul.reply((request) -> Reply.json("[]"));
			proxy.freeze();
			ConsulCall<HealthAnswer> call = this.api
				.health(new HealthRequest("orders", ConsulQuery.DEFAULT, 5, Duration.ofMillis(10), false, false));
			assertThat(error(call.answer())).isInstanceOf(RegistryException.class)
				.hasMessageContaining("GET /v1/health/service/orders failed: timed out");
			assertThat(this.consul.requests()).isEmpty();
		}
	}

	@Test
	void queriesThatAreHeldNeedNoThreads() {
		this.consul.reply((request) -> null);
		for (int i = 0; i < 100; i++) {
			list(5);
		}
		Conditions.eventually(() -> assertThat(this.consul.requests()).hasSize(100));
		// those of a test before may be about to end
		Conditions.eventually(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.filteredOn((name) -> name.startsWith("grpc-discovery-consul-"))
			.hasSizeLessThanOrEqualTo(2));
	}

	@Test
	void answerIsReadThoughEveryThreadOfTheCommonPoolMayWaitForIt() throws Exception {
		ConsulSettings settings = ConsulSettings.of(this.consul.uri());
		try (QueryHttp http = new QueryHttp(settings, new ConsulToken(settings))) {
			ConsulCall<String> call = http.get("/v1/agent/self", List.of(), Duration.ofSeconds(30),
					(answer) -> Thread.currentThread().getName());
			assertThat(result(call.answer())).startsWith("grpc-discovery-consul-query-");
		}
	}

	@Test
	void bodyThatStopsHalfWayIsGivenUpAndItsConnectionClosed() throws Exception {
		try (ServerSocket agent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			with(ConsulSettings.of(URI.create("http://127.0.0.1:" + agent.getLocalPort())));
			CompletionStage<HealthAnswer> answer = this.api
				.health(new HealthRequest("orders", ConsulQuery.DEFAULT, 5, Duration.ofMillis(10), false, false))
				.answer();
			try (Socket connection = agent.accept()) {
				connection.setSoTimeout(30_000);
				connection.getOutputStream()
					.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n[{"
						.getBytes(StandardCharsets.US_ASCII));
				assertThat(error(answer)).isInstanceOf(RegistryException.class).hasMessageContaining("timed out");
				assertThat(connection.getInputStream().readAllBytes()).as("ends after the headers").isNotEmpty();
			}
		}
	}

	@Test
	void queryThatIsAbortedBeforeItBeganIsNotSent() {
		ConsulExchange exchange = new ConsulExchange(ConsulHttpClients.create(ConsulSettings.of(this.consul.uri()),
				new ConsulToken(ConsulSettings.of(this.consul.uri())), 1), Duration.ofSeconds(5));
		exchange.abort();
		assertThat(catchThrowable(() -> exchange.execute(new HttpGet(this.consul.uri() + "/v1/agent/self"))))
			.isNotNull();
		assertThat(this.consul.requests()).isEmpty();
	}

	@Test
	void closeEndsEveryCall() {
		this.consul.reply((request) -> null);
		CompletionStage<HealthAnswer> query = list(5).answer();
		CompletionStage<ConsulAnswer> operation = this.api.service("a");
		Conditions.eventually(() -> assertThat(this.consul.requests()).hasSize(2));
		this.api.close();
		assertThat(error(query)).isInstanceOf(RegistryException.class);
		assertThat(error(operation)).isInstanceOf(RegistryException.class);
		assertThat(error(this.api.service("a"))).hasMessageContaining("closed");
		this.api.close();
	}

	@Test
	void agentThatIsAwayIsAnErrorThatNamesIt() {
		with(ConsulSettings.of(ConsulSettings.agent("127.0.0.1", FreePorts.next(), null)));
		assertThat(error(this.api.service("a"))).hasMessageStartingWith("consul (http://127.0.0.1:")
			.hasMessageContaining("Connection refused");
		assertThat(error(list(ConsulQuery.DEFAULT, 0))).hasMessageStartingWith("consul (http://127.0.0.1:")
			.hasMessageEndingWith("failed: ConnectException: no connection (does an agent listen there?)");
		Throwable unknownHost = new ConnectException().initCause(new UnresolvedAddressException());
		assertThat(ConsulErrors.describe(unknownHost)).endsWith("host is not known");
	}

	@Test
	void blockingQueriesKeepNoOperationWaiting() throws Exception {
		this.consul.reply((request) -> request.uri().startsWith("/v1/health") ? null : Reply.json("{}"));
		for (int i = 0; i < 30; i++) {
			list(5);
		}
		Conditions.eventually(() -> assertThat(this.consul.requests()).hasSize(30));
		assertThat(result(this.api.service("a")).status()).isEqualTo(200);
	}

}
