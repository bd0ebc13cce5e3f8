package io.github.grpcdiscovery.internal.loadbalancing;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Simulates clients and servers: the product's own choice, and time that passes at once.
 */
class ChoiceTests {

	@ParameterizedTest
	@ValueSource(ints = { 500, 2000, 20_000 })
	void whereAllAreAlikeSharesAreThoseOfRoundRobin(int rate) {
		Simulation simulation = new Simulation(1, 1, 1).run(rate, 100_000, (server, now) -> millis(1));
		between(simulation.shares(), 0.332, 0.335);
	}

	@ParameterizedTest
	@ValueSource(ints = { 500, 2000, 20_000 })
	void sharesAreThoseOfTheWeights(int rate) {
		Simulation simulation = new Simulation(100, 200, 700).run(rate, 100_000, (server, now) -> millis(1));
		double[] shares = simulation.shares();
		assertThat(shares[0]).isBetween(0.099, 0.101);
		assertThat(shares[1]).isBetween(0.198, 0.202);
		assertThat(shares[2]).isBetween(0.697, 0.703);
	}

	@ParameterizedTest
	@CsvSource({ "2, 500", "3, 500", "3, 50", "20, 500", "3, 5000" })
	void serverThatFreezesTakesAHandfulOfCallsWithIt(int servers, int rate) {
		double[] weights = new double[servers];
		Arrays.fill(weights, 1);
		Simulation simulation = new Simulation(weights).run(rate, 20 * rate,
				(server, now) -> (server == 0 && now > seconds(5)) ? Long.MAX_VALUE : millis(1));
		assertThat(simulation.failed).isBetween(1L, (rate > 1000) ? 20L : 10L);
		assertThat(simulation.lastFailed - seconds(5)).isLessThan(seconds(1) / 5);
	}

	@ParameterizedTest
	@CsvSource({ "1, 500", "2, 500", "1, 2000", "2, 2000" })
	void slowServersDoNotShowInThe99thPercentile(int slow, int rate) {
		Simulation alike = new Simulation(1, 1, 1, 1).run(rate, 60 * rate, (server, now) -> millis(0.3));
		Simulation simulation = new Simulation(1, 1, 1, 1).run(rate, 60 * rate,
				(server, now) -> (server < slow) ? millis(5.3) : millis(0.3));
		assertThat(simulation.percentile(0.99)).isLessThan((long) (1.3 * alike.percentile(0.99)));
	}

	@Test
	void serverThatWasSlowHasItsShareBackWithinSeconds() {
		Simulation simulation = new Simulation(1, 1, 1);
		simulation.run(500, 5000, (server, now) -> (server == 0) ? millis(20) : millis(1));
		assertThat(simulation.shares()[0]).isLessThan(0.01);
		simulation.run(500, 3000, (server, now) -> millis(1));
		simulation.forgetCalls();
		simulation.run(500, 3000, (server, now) -> millis(1));
		assertThat(simulation.shares()[0]).isBetween(0.33, 0.34);
	}

	@Test
	void oneLongPauseOfAServerCostsItLittle() {
		Simulation simulation = new Simulation(1, 1, 1).run(500, 30_000, (server,
				now) -> (server == 0 && now > seconds(5) && now < seconds(5) + 50_000_000) ? millis(60) : millis(1));
		assertThat(simulation.shares()[0]).isBetween(0.32, 0.34);
	}

	@Test
	void methodThatTakesLongMakesNoServerLookSlow() {
		Simulation simulation = new Simulation(1, 1, 1).run(500, 30_000, (server, now) -> millis(1), 0.01,
				(server, now) -> millis(2000));
		between(simulation.shares(), 0.3, 0.36);
	}

	@Test
	void serverThatFailsEachCallAtOnceAttractsNothing() {
		Simulation simulation = new Simulation(1, 1, 1);
		simulation.run(500, 500, (server, now) -> (server == 0) ? Simulation.FAILS : millis(1));
		simulation.forgetCalls();
		simulation.run(500, 5000, (server, now) -> (server == 0) ? Simulation.FAILS : millis(1));
		assertThat(simulation.shares()[0]).isLessThan(0.02);
		simulation.run(500, 4500, (server, now) -> millis(1));
		simulation.forgetCalls();
		simulation.run(500, 3000, (server, now) -> millis(1));
		assertThat(simulation.shares()[0]).as("within 10 s of its recovery").isBetween(0.33, 0.34);
	}

	@Test
	void serverThatFailsOneCallInAHundredKeepsItsShare() {
		Simulation simulation = new Simulation(1, 1, 1);
		simulation.run(500, 30_000, (server, now) -> millis(1), 0.01,
				(server, now) -> (server == 0) ? Simulation.FAILS : millis(1));
		assertThat(simulation.shares()[0]).isBetween(0.32, 0.34);
	}

	@Test
	void whenEverybodyFailsEverybodyIsCalled() {
		Simulation simulation = new Simulation(1, 1, 1).run(500, 5000, (server, now) -> Simulation.FAILS);
		between(simulation.shares(), 0.3, 0.37);
	}

	@Test
	void firstThatRecoversFromAnOutageOfAllDoesNotGetAllCalls() {
		double[] weights = new double[8];
		Arrays.fill(weights, 1);
		Simulation simulation = new Simulation(weights);
		simulation.run(500, 5000, (server, now) -> Simulation.FAILS);
		simulation.forgetCalls();
		simulation.run(500, 500, (server, now) -> millis(1));
		between(simulation.shares(), 0.08, 0.2);
	}

	@Test
	void serverHalfAsFastGetsHalfAsMuchWhenAllAreBusy() {
		Simulation simulation = new Simulation(1, 1, 1);
		simulation.run(2300, 60_000,
				(server, now) -> millis(((server == 0) ? 2 : 1) * (1 + simulation.servers[server].load().inFlight())));
		assertThat(simulation.shares()[0]).isBetween(0.17, 0.25);
	}

	@Test
	void ejectedServersAndTheOneThatLostTheCallAreTakenLast() {
		Simulation simulation = new Simulation(1, 1, 1);
		simulation.servers[0].ejected = true;
		SocketAddress one = simulation.servers[1].address;
		assertThat(IntStream.range(0, 30).map((i) -> simulation.next(null)).distinct().toArray())
			.containsExactlyInAnyOrder(1, 2);
		assertThat(IntStream.range(0, 30).map((i) -> simulation.next(one)).distinct().toArray()).containsExactly(2);
		simulation.servers[2].ejected = true;
		assertThat(IntStream.range(0, 30).map((i) -> simulation.next(one)).distinct().toArray()).containsExactly(1);
		simulation.servers[1].ejected = true;
		assertThat(simulation.next(one)).isBetween(0, 2);
	}

	private static void between(double[] shares, double least, double most) {
		for (double share : shares) {
			assertThat(share).isBetween(least, most);
		}
	}

	private static long millis(double millis) {
		return (long) (millis * 1_000_000);
	}

	private static long seconds(int seconds) {
		return Duration.ofSeconds(seconds).toNanos();
	}

	/** A server of the simulation. */
	static final class SimulatedServer implements Choice.Candidate {

		private final ServerLoad load = new ServerLoad();

		private final SocketAddress address;

		private boolean ejected;

		private long calls;

		SimulatedServer(int port) {
			this.address = InetSocketAddress.createUnresolved("server", port);
		}

		@Override
		public boolean isEjected() {
			return this.ejected;
		}

		@Override
		public boolean isAt(@Nullable SocketAddress address) {
			return this.address.equals(address);
		}

		@Override
		public ServerLoad load() {
			return this.load;
		}

		void called() {
			this.calls++;
		}

		long calls() {
			return this.calls;
		}

		void forgetCalls() {
			this.calls = 0;
		}

	}

}
