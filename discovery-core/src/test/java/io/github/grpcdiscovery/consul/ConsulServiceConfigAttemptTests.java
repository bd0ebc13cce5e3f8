package io.github.grpcdiscovery.consul;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.internal.reconnect.ReconnectLoop;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ConsulServiceConfigAttemptTests {

	private final FakeScheduler scheduler = new FakeScheduler();

	private final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5);

	private final FakeConsulApi api = new FakeConsulApi();

	private final AgentQueries queries = new AgentQueries(this.api, this.loop, "consul (fake)");

	private final List<String> heard = new ArrayList<>();

	private final List<String> lost = new ArrayList<>();

	private ReconnectLoop connection;

	@BeforeEach
	void begin() {
		ConsulQuery query = ConsulQuery.builder().datacenter("dc2").build();
		this.connection = new ReconnectLoop("test", this.loop, Backoff.DEFAULT,
				() -> new ConsulServiceConfigAttempt(this.queries, "orders", query,
						(value) -> this.heard
							.add((value != null) ? new String(value, StandardCharsets.UTF_8) : "none")),
				new ReconnectLoop.Listener() {

					@Override
					public void onActive() {
						// seen by what is asked next
					}

					@Override
					public void onLost(RegistryException cause) {
						ConsulServiceConfigAttemptTests.this.lost.add(String.valueOf(cause.getMessage()));
					}

				});
		this.loop.execute(this.connection::start);
		this.scheduler.runDue();
	}

	@Test
	void readsTheKeyAndThenWaitsForChanges() {
		assertThat(last().request())
			.isEqualTo(new KeyRequest("grpc-discovery/service-config/orders", "dc2", 0, ConsulQuery.DEFAULT.maxWait()));
		answer(10, null);
		assertThat(last().request().index()).isEqualTo(10);
		answer(11, "{}");
		answer(12, "{1}");
		assertThat(last().request().index()).isEqualTo(12);
		assertThat(this.heard).containsExactly("none", "{}", "{1}");
	}

	@Test
	void indexThatWentBackIsAskedForAnew() {
		answer(10, "{}");
		answer(3, "{1}");
		this.scheduler.advance(Duration.ofSeconds(2));
		assertThat(last().request().index()).isZero();
	}

	@Test
	void agentThatAnswersAtOnceWhateverIsAskedIsNotAskedInATightLoop() {
		answer(10, "{}");
		for (int i = 0; i < 5; i++) {
			answer(10, "{}");
		}
		int before = this.api.keyQueries.size();
		this.scheduler.runDue();
		assertThat(this.api.keyQueries).hasSize(before).hasSizeLessThan(6);
	}

	@Test
	void failedQueryIsMadeAgain() {
		answer(10, "{}");
		last().answer().completeExceptionally(new RegistryException("cut", null));
		this.scheduler.runDue();
		assertThat(this.lost).containsExactly("cut");
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(last().request().index()).isZero();
		answer(12, "{1}");
		assertThat(this.heard).containsExactly("{}", "{1}");
	}

	@Test
	void agentThatAllowsNoMoreConnectionsIsPolled() {
		for (int i = 0; i < AgentQueries.HELD; i++) {
			this.queries.mayHold(new Object());
		}
		answer(10, "{}");
		int before = this.api.keyQueries.size();
		this.scheduler.advance(Duration.ofSeconds(10));
		assertThat(this.api.keyQueries).hasSize(before + 1);
		assertThat(last().request().index()).isZero();
	}

	@Test
	void closedWatchGivesUpItsQuery() {
		this.loop.execute(this.connection::close);
		this.scheduler.runDue();
		assertThat(last().answer()).isCancelled();
	}

	@Test
	void answersAreReadWithCare() {
		assertThat(read(200, 7, json("e30=")).value()).asString(StandardCharsets.UTF_8).isEqualTo("{}");
		assertThat(read(200, 7, "[{\"Value\":null}]").value()).isEmpty();
		assertThat(read(404, 7, "").value()).isNull();
		assertThatExceptionOfType(RegistryAccessException.class).isThrownBy(() -> read(403, 7, "Permission denied"))
			.withMessageContaining("key:read on 'k'");
		assertThatExceptionOfType(ConsulStatusException.class).isThrownBy(() -> read(500, 7, "No cluster leader"));
		// what a proxy says is no news about the key
		assertThatExceptionOfType(RegistryException.class).isThrownBy(() -> read(404, 0, "not found"))
			.withMessageContaining("no index");
		for (String body : List.of("[]", "{}", json("%"), json("e30=") + "x", "<html>")) {
			assertThatExceptionOfType(RegistryException.class).as(body).isThrownBy(() -> read(200, 7, body));
		}
	}

	private static String json(String value) {
		return "[{\"Key\":\"k\",\"Value\":\"" + value + "\"}]";
	}

	private static KeyAnswer read(int status, long index, String body) {
		return KeyAnswer.read(new ConsulAnswer("consul (fake): GET /v1/kv/k", status,
				Map.of(ConsulAnswer.INDEX, Long.toString(index), ConsulAnswer.CONTENT_TYPE, "application/json"), body),
				"k");
	}

	private FakeConsulApi.KeyQuery last() {
		return this.api.keyQueries.get(this.api.keyQueries.size() - 1);
	}

	private void answer(long index, @Nullable String value) {
		last().answer().complete(new KeyAnswer(index, (value != null) ? value.getBytes(StandardCharsets.UTF_8) : null));
		this.scheduler.runDue();
	}

}
