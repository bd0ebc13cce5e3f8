package io.github.grpcdiscovery.benchmarks.balancing;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.benchmarks.Pause;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests of what {@link BalancingBenchmark} measures with.
 */
class BalancingBenchmarkTests {

	@Test
	void theScenariosNamedAreChosenInTheirOrder() {
		assertThat(BalancingBenchmark.chosen("slow,frozen", Set.of("frozen", "slow", "pick"))).containsExactly("slow",
				"frozen");
		assertThat(BalancingBenchmark.chosen("", Set.of("pick"))).containsExactly("pick");
	}

	@Test
	void anUnknownScenarioIsNamed() {
		assertThatIllegalArgumentException().isThrownBy(() -> BalancingBenchmark.chosen("frosen", Set.of("frozen")))
			.withMessage("--only: 'frosen' (expected: any of [frozen])");
	}

	@Test
	void theCurveOfANewServerBeginsAtATenthAndEndsAtItsWhole() {
		assertThat(WarmUpScenario.expectedShare(0, 20)).isCloseTo(0.1 / 3.1, within(1e-9));
		assertThat(WarmUpScenario.expectedShare(10, 20)).isCloseTo(0.5 / 3.5, within(1e-9));
		assertThat(WarmUpScenario.expectedShare(30, 20)).isEqualTo(0.25);
	}

	@Test
	void aFrozenServerSaysNothingAndAThawedOneAnswersWhatItHeldBack() {
		List<ProgrammableServer> servers = ProgrammableServer.start(1);
		try (Client client = Client.connected(Scenario.ROUND_ROBIN, Services.of(servers), servers);
				OpenLoop calls = OpenLoop.start(client, 100, Duration.ofMinutes(1))) {
			Pause.until("an answer", () -> calls.log().size() > 0);
			servers.get(0).freeze();
			long frozen = System.nanoTime();
			Pause.until("a call that is held back", () -> servers.get(0).holdsBack() > 10);
			servers.get(0).thaw();
			Pause.until("its answer", () -> calls.log().since(frozen).size() > 10);
			assertThat(calls.log().failed().size()).isZero();
			assertThat(calls.log().shares(1)).containsExactly(1);
		}
		finally {
			servers.forEach(ProgrammableServer::close);
		}
	}

	@Test
	void roundRobinSharesOutEvenlyAndWithoutAConnectionPicksAServer() throws Exception {
		List<ProgrammableServer> servers = ProgrammableServer.start(2);
		try (Client client = Client.connected(Scenario.ROUND_ROBIN, Services.of(servers), servers);
				PickedPolicy policy = PickedPolicy.of(Scenario.ROUND_ROBIN, 3)) {
			Pause.until("a call of each", () -> client.call() + client.call() == 1);
			assertThat(ClosedLoop.shares(client, 100, 1)).containsExactly(0.5, 0.5);
			assertThat(policy.picker().pickSubchannel(policy).getSubchannel()).isNotNull();
		}
		finally {
			servers.forEach(ProgrammableServer::close);
		}
	}

}
