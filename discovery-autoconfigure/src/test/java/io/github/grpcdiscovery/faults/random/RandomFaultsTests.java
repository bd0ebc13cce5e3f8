package io.github.grpcdiscovery.faults.random;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.convert.DurationStyle;

import io.github.grpcdiscovery.autoconfigure.GrpcStack;
import io.github.grpcdiscovery.faults.random.FaultSequence.Step;
import io.github.grpcdiscovery.faults.random.FaultSequence.Turn;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

/**
 * An hour of random faults under load, half of it for each registry. After each of them
 * the registry holds exactly the live servers and the client knows exactly those; no call
 * fails but those that {@link CallJudge} excuses; in the end nothing has leaked.
 * {@code -Dfaults.duration=3m} makes it shorter, {@code -Dfaults.seed=..} plays the same
 * faults again.
 */
@Tag("long")
@Tag("long-3")
class RandomFaultsTests {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@CsvSource({ "etcd, NET_DEVH", "consul, SPRING_BOOT" })
	@Proves("F58")
	void nothingIsLostAndNothingLeaks(String name, GrpcStack stack, TestReporter reporter) {
		Duration duration = DurationStyle.detectAndParse(System.getProperty("faults.duration", "1h")).dividedBy(2);
		long seed = Long.getLong("faults.seed", ThreadLocalRandom.current().nextInt(1_000_000));
		Journal journal = new Journal(name + "-" + seed);
		journal.note("seed " + seed + ", " + duration);
		System.out.printf("Random faults in %s for %s: -Dfaults.seed=%d%n", name, duration, seed);
		try (ClientLog log = new ClientLog(journal.sibling("client.txt"));
				Scene scene = new Scene(name.equals("etcd") ? new EtcdInTrouble() : new ConsulInTrouble(), stack,
						this.directory, journal)) {
			try {
				int steps = play(scene, new FaultSequence(seed, scene.registry().faults()), duration, journal);
				reporter.publishEntry(Proves.MEASURED,
						"%s, %s: %d times one fault or two in %d min under %d calls, seed %d: nothing lost, nothing left over"
							.formatted(name, stack, steps, duration.toMinutes(), scene.callsMade(), seed));
			}
			catch (RuntimeException | AssertionError ex) {
				scene.fleet().live().forEach((server) -> journal.keep(server.name(), server.process().output()));
				throw new AssertionError("%s, -Dfaults.seed=%d -Dfaults.duration=%ds: %s%n%s".formatted(name, seed,
						2 * duration.toSeconds(), ex.getMessage(), journal.tail()), ex);
			}
		}
	}

	private int play(Scene scene, FaultSequence sequence, Duration duration, Journal journal) {
		scene.settle(Duration.ofMinutes(2));
		Footprint before = warmUp(scene, journal);
		int steps = 0;
		long until = System.nanoTime() + duration.toNanos();
		while (System.nanoTime() - until < 0) {
			Step step = sequence.next();
			journal.note(step.toString());
			long began = System.nanoTime();
			happen(step, scene, journal);
			steps++;
			journal.note("#%d settled %.1f s after it began; %s".formatted(step.number(),
					(System.nanoTime() - began) / 1e9, scene.account()));
		}
		scene.fleet().normalise();
		scene.settle(Duration.ofSeconds(60));
		journal.note("the last one is over; before: " + before);
		journal.note("now: " + Footprint.of(scene, this.directory));
		Footprint.assertBackTo(before, scene.registry().mostConnections(Fleet.LEAST),
				() -> Footprint.of(scene, this.directory), Duration.ofMinutes(3));
		scene.leave();
		Footprint.assertNothingLeft(Duration.ofSeconds(30));
		journal.note("nothing is left over; " + scene.account());
		return steps;
	}

	// so that everything which is made once has been made
	private Footprint warmUp(Scene scene, Journal journal) {
		for (Fault fault : new Fault[] { Fault.ANOTHER_CLIENT_COMES_AND_GOES, Fault.REGISTRY_IS_KILLED,
				Fault.CLIENT_IS_CUT_OFF_FOR_A_MOMENT }) {
			happen(new Step(0, List.of(new Turn(fault, 0.5, 0.1))), scene, journal);
		}
		Footprint footprint = Footprint.of(scene, this.directory);
		journal.note("warm: " + footprint);
		return footprint;
	}

	private static void happen(Step step, Scene scene, Journal journal) {
		Deque<Repair> repairs = new ArrayDeque<>();
		for (Turn turn : step.turns()) {
			repairs.push(turn.fault().begin(scene, turn));
		}
		scene.hold(step.length());
		journal.note("repair");
		repairs.forEach(Repair::mend);
		scene.settle(step.settles());
	}

}
