package io.github.grpcdiscovery.consul;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

class AgentQueriesTests {

	private final FakeScheduler scheduler = new FakeScheduler();

	private final FakeConsulApi api = new FakeConsulApi();

	private final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5);

	private final AgentQueries queries = new AgentQueries(this.api, this.loop, "consul (http://127.0.0.1:8500)");

	private final CapturedLog log = new CapturedLog(AgentQueries.class);

	private final List<Object> holders = new ArrayList<>();

	@AfterEach
	void listenNoMore() {
		this.log.close();
	}

	@Test
	void agentOnItsDefaultsIsAskedByThreeQuartersOfItsConnections() {
		assertThat(hold(300)).isEqualTo(150);
		assertThat(this.log.warnings()).singleElement()
			.asString()
			.contains("watching 150 services", "limits.http_max_conns_per_client", "200 by default");
		assertThat(this.queries.pollInterval()).isEqualTo(Duration.ofMillis(7500));
		// what ends makes room
		this.queries.release(this.holders.get(0));
		assertThat(this.queries.mayHold(new Object())).isTrue();
	}

	@Test
	void agentThatAllowsMoreIsAskedByMore() {
		this.api.connectionLimit = 1500;
		assertThat(hold(1000)).isEqualTo(1000);
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void nothingIsSaidWhileTheLimitOfTheAgentIsNotKnown() {
		this.api.connectionLimit = 1500;
		this.api.limitIsKnown = new CompletableFuture<>();
		assertThat(hold(300)).isEqualTo(150);
		assertThat(this.log.warnings()).isEmpty();
		this.api.limitIsKnown.complete(null);
		this.scheduler.runDue();
		assertThat(hold(150)).isEqualTo(150);
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void agentThatDoesNotSayItsLimitIsAskedByMoreUntilItRefuses() {
		this.api.connectionLimit = null;
		assertThat(hold(190)).isEqualTo(190);
		this.queries.failed(new ConsulStatusException("consul: status 429", 429));
		this.queries.failed(new ConsulStatusException("consul: status 429", 429));
		assertThat(this.queries.mayHold(new Object())).isFalse();
		assertThat(this.log.warnings()).hasSize(1);
		assertThat(stillHeld()).as("others on the machine have their share again").isEqualTo(142);
		this.scheduler.advance(AgentQueries.RECOVERY);
		assertThat(stillHeld()).as("not so many that it would refuse again").isEqualTo(AgentQueries.HELD);
	}

	private long stillHeld() {
		return this.holders.stream().filter(this.queries::mayHold).count();
	}

	@Test
	void queriesThatCannotBeSentKeepNoPlace() {
		this.api.broken = true;
		for (int i = 0; i < 2 * AgentQueries.LISTS; i++) {
			ConsulCall<HealthAnswer> call = this.queries
				.send(new HealthRequest("orders", ConsulQuery.DEFAULT, 0, Duration.ZERO, false, false));
			assertThat(call.answer().toCompletableFuture()).isCompletedExceptionally();
			this.scheduler.runDue();
		}
		this.api.broken = false;
		this.queries.send(new HealthRequest("orders", ConsulQuery.DEFAULT, 0, Duration.ZERO, false, false));
		assertThat(this.api.queries).hasSize(1);
	}

	@Test
	void connectionsThatAreCutWhileTheOthersLiveAreRefused() {
		this.api.connectionLimit = null;
		hold(190);
		RegistryException cut = new RegistryException("reset", new IOException("Connection reset"));
		this.queries.failed(cut);
		this.holders.forEach(this.queries::release);
		this.scheduler.advance(Duration.ofSeconds(3));
		assertThat(this.log.warnings()).as("the agent was killed").isEmpty();
		assertThat(hold(190)).isEqualTo(190);
		this.queries.failed(cut);
		this.scheduler.advance(Duration.ofSeconds(3));
		assertThat(this.log.warnings()).hasSize(1);
		assertThat(this.queries.mayHold(new Object())).isFalse();
	}

	@Test
	void theMoreAreHeldOnAnAgentThatDoesNotStreamTheShorter() {
		Duration wait = Duration.ofSeconds(55);
		hold(30);
		assertThat(this.queries.wait(wait, false)).isEqualTo(wait);
		hold(90);
		assertThat(this.queries.wait(wait, false)).isEqualTo(Duration.ofSeconds(13));
		assertThat(this.queries.wait(Duration.ofSeconds(2), false)).isEqualTo(Duration.ofSeconds(2));
		assertThat(this.queries.wait(wait, true)).isEqualTo(wait);
	}

	@Test
	void listsAreAskedForAFewAtATime() {
		for (int i = 0; i < 100; i++) {
			this.queries.send(new HealthRequest("orders", ConsulQuery.DEFAULT, 0, Duration.ZERO, false, false));
		}
		this.queries.send(new HealthRequest("orders", ConsulQuery.DEFAULT, 7, Duration.ZERO, false, false));
		assertThat(this.api.queries).hasSize(AgentQueries.LISTS + 1);
		this.api.queries.get(0).answer(FakeConsulApi.answer(5));
		this.api.queries.get(1).status(500);
		this.scheduler.runDue();
		assertThat(this.api.queries).hasSize(AgentQueries.LISTS + 3);
	}

	@Test
	void listThatIsGivenUpBeforeItsTurnIsNotAskedFor() {
		ConsulCall<HealthAnswer> last = null;
		for (int i = 0; i <= AgentQueries.LISTS; i++) {
			last = this.queries.send(new HealthRequest("orders", ConsulQuery.DEFAULT, 0, Duration.ZERO, false, false));
		}
		last.abort().run();
		this.api.queries.get(0).answer(FakeConsulApi.answer(5));
		this.scheduler.runDue();
		assertThat(this.api.queries).hasSize(AgentQueries.LISTS);
	}

	private int hold(int watches) {
		int held = 0;
		for (int i = 0; i < watches; i++) {
			Object watch = new Object();
			if (this.queries.mayHold(watch)) {
				held++;
				this.holders.add(watch);
			}
			this.scheduler.runDue();
		}
		return held;
	}

}
