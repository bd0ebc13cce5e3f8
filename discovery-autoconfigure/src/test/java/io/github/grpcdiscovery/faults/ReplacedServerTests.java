package io.github.grpcdiscovery.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongConsumer;

import io.grpc.ManagedChannel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.grpcdiscovery.autoconfigure.GrpcStack;
import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.SteadyCaller;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/** Servers are stopped and killed under 500 calls a second. */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class ReplacedServerTests {

	// a call that is lost never ends; one that is only late on a busy machine does
	private static final Duration PLAIN = Duration.ofSeconds(15);

	private static final Duration WAITING = Duration.ofSeconds(20);

	@ParameterizedTest
	@CsvSource({ "etcd, NET_DEVH", "consul, SPRING_BOOT" })
	@Proves("F42")
	void theOnlyInstanceIsReplacedByAReadyOneAndNoCallFails(String name, GrpcStack stack, TestReporter reporter)
			throws Exception {
		underLoad(name, stack, List.of("first"), (registry, servers, caller) -> {
			servers.add(EchoServer.starting(stack, "second", registry.properties()).awaitRegistered());
			long replaced = System.nanoTime();
			servers.get(0).terminate();
			servers.get(0).awaitExit(Duration.ofSeconds(60));
			caller.failsNoCallFor(Duration.ofSeconds(2), replaced);
			caller.endsWithoutFailure(replaced);
			assertThat(caller.answeredBy().keySet()).containsExactly("first", "second");
			reporter.publishEntry(Proves.MEASURED,
					"%s, %s: the only one replaced: none of %d calls failed".formatted(name, stack, caller.made()));
		});
	}

	@ParameterizedTest
	@CsvSource({ "etcd, NET_DEVH", "consul, SPRING_BOOT" })
	@Proves("F42")
	void rollingRestartFailsNoCall(String name, GrpcStack stack, TestReporter reporter) throws Exception {
		rollingRestart(name, stack, 1, reporter);
	}

	@ParameterizedTest
	@Tag("long")
	@Tag("long-1")
	@EnumSource(GrpcStack.class)
	@Proves("F42")
	void tenRollingRestartsFailNoCallWithEtcd(GrpcStack stack, TestReporter reporter) throws Exception {
		rollingRestart("etcd", stack, 10, reporter);
	}

	@ParameterizedTest
	@Tag("long")
	@Tag("long-2")
	@EnumSource(GrpcStack.class)
	@Proves("F42")
	void tenRollingRestartsFailNoCallWithConsul(GrpcStack stack, TestReporter reporter) throws Exception {
		rollingRestart("consul", stack, 10, reporter);
	}

	private void rollingRestart(String name, GrpcStack stack, int times, TestReporter reporter) throws Exception {
		underLoad(name, stack, List.of("0", "1", "2"), (registry, servers, caller) -> {
			long began = System.nanoTime();
			List<String> story = new ArrayList<>();
			for (int i = 0; i < 3 * times; i++) {
				EchoServer leaving = servers.remove(0);
				story.add(at(began) + " stops: " + leaving);
				leaving.terminate();
				leaving.awaitExit(Duration.ofSeconds(60));
				story.add(at(began) + " has ended: " + leaving);
				servers.add(EchoServer.starting(stack, String.valueOf(i + 3), registry.properties()).awaitRegistered());
				story.add(at(began) + " is registered: " + servers.get(2));
				assertThat(caller.failures())
					.as(() -> caller.account(began) + "\n" + String.join("\n", story) + "\n" + leaving.output())
					.isEmpty();
			}
			caller.failsNoCallFor(Duration.ofSeconds(1), began);
			caller.endsWithoutFailure(began);
			reporter.publishEntry(Proves.MEASURED, "%s, %s: %d rolling restart(s): none of %d calls failed"
				.formatted(name, stack, times, caller.made()));
		});
	}

	private static String at(long began) {
		return "%+d ms".formatted(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
	}

	@ParameterizedTest
	@CsvSource({ "etcd, NET_DEVH", "consul, SPRING_BOOT" })
	@Proves("F39")
	void whenAllAreStoppedPlainCallsFailAtOnceAndWaitingCallsAreAnsweredByTheNextServer(String name, GrpcStack stack,
			TestReporter reporter) throws Exception {
		Function<ManagedChannel, SteadyCaller> patient = (channel) -> SteadyCaller.start(channel, 100, PLAIN,
				Duration.ofMinutes(4));
		underLoad(name, stack, List.of("a", "b"), FaultRegistry::channel, patient, (registry, servers, caller) -> {
			servers.forEach(EchoServer::terminate);
			servers.forEach((server) -> server.awaitExit(Duration.ofSeconds(60)));
			long gone = System.nanoTime();
			Conditions.await(Duration.ofSeconds(30))
				.until(() -> caller.failuresBegunAfter(gone)
					.stream()
					.anyMatch((failure) -> String.valueOf(failure.status().getDescription())
						.startsWith("no instances of 'echo' in " + name)));
			reporter.publishEntry(Proves.MEASURED, "%s: empty %d ms after the last server's end".formatted(name,
					TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - gone)));
			assertThat(caller.failures()).as(caller.account(gone))
				.allMatch((failure) -> !failure.waitForReady())
				.allMatch((failure) -> failure.ended() - failure.began() < PLAIN.dividedBy(2).toNanos());
			servers.add(EchoServer.starting(stack, "c", registry.properties()).awaitRegistered());
			Conditions.await(Duration.ofSeconds(60)).until(() -> caller.answeredBy().containsKey("c"));
			long back = System.nanoTime();
			caller.failsNoCallFor(Duration.ofSeconds(1), back, (failure) -> failure.began() - back >= 0);
			assertThat(caller.failures()).as(caller.account(gone)).noneMatch(SteadyCaller.Outcome::waitForReady);
		});
	}

	@ParameterizedTest
	@CsvSource({ "etcd, NET_DEVH", "consul, SPRING_BOOT" })
	@Proves("F40")
	void killedServerCostsTheCallsUnderWayAndNoOther(String name, GrpcStack stack, TestReporter reporter)
			throws Exception {
		underLoad(name, stack, List.of("a", "b", "c"), (registry, servers, caller) -> {
			long killed = System.nanoTime();
			servers.get(0).kill();
			long dead = System.nanoTime() + Conditions.scaled(Duration.ofSeconds(2)).toNanos();
			caller.failsNoCallFor(Duration.ofSeconds(4), killed, (failure) -> failure.began() - dead >= 0);
			// they all end when the system has taken the process down: what was not
			// under way then does not fail
			long broke = caller.failures().stream().mapToLong(SteadyCaller.Outcome::ended).min().orElse(killed);
			assertThat(caller.failures()).as(caller.account(killed))
				.allMatch((failure) -> failure.began() <= broke)
				.allMatch((failure) -> failure.server().equals(caller.failures().get(0).server()));
			long last = caller.failures().stream().mapToLong(SteadyCaller.Outcome::began).max().orElse(killed);
			reporter.publishEntry(Proves.MEASURED,
					"%s: %d calls failed, %d of them waiting, the last begun %d ms after the kill".formatted(name,
							caller.failures().size(),
							caller.failures().stream().filter(SteadyCaller.Outcome::waitForReady).count(),
							TimeUnit.NANOSECONDS.toMillis(last - killed)));
		});
	}

	@ParameterizedTest
	@CsvSource({ "etcd, SPRING_BOOT", "consul, NET_DEVH" })
	@Proves("F40")
	void killedServersCostNoCallThatIsIdempotent(String name, GrpcStack stack, TestReporter reporter) throws Exception {
		twoOfThreeAreKilled(name, stack, FaultRegistry::channel,
				(channel) -> SteadyCaller.start(channel, EchoGrpc.getLookMethod(), 500, PLAIN, WAITING),
				(made) -> reporter.publishEntry(Proves.MEASURED,
						"%s: two of three killed, none of %d idempotent calls failed".formatted(name, made)));
	}

	@ParameterizedTest
	@Tag("long")
	@Tag("long-3")
	@CsvSource({ "etcd, NET_DEVH", "consul, SPRING_BOOT" })
	@Proves("F40")
	void killedServerCostsNoCallThatMayBeSentAgain(String name, GrpcStack stack, TestReporter reporter)
			throws Exception {
		twoOfThreeAreKilled(name, stack, FaultRegistry::channelThatSendsAgain,
				(channel) -> SteadyCaller.start(channel, 500, PLAIN, WAITING),
				(made) -> reporter.publishEntry(Proves.MEASURED,
						"%s: two of three killed, none of %d calls failed that may be sent again".formatted(name,
								made)));
	}

	private static void twoOfThreeAreKilled(String name, GrpcStack stack,
			Function<FaultRegistry, ManagedChannel> channels, Function<ManagedChannel, SteadyCaller> callers,
			LongConsumer report) throws Exception {
		underLoad(name, stack, List.of("a", "b", "c"), channels, callers, (registry, servers, caller) -> {
			long killed = System.nanoTime();
			servers.get(0).kill();
			servers.get(1).kill();
			caller.failsNoCallFor(Duration.ofSeconds(4), killed);
			caller.endsWithoutFailure(killed);
			report.accept(caller.made());
		});
	}

	private static void underLoad(String name, GrpcStack stack, List<String> servers, Scenario scenario)
			throws Exception {
		underLoad(name, stack, servers, FaultRegistry::channel,
				(channel) -> SteadyCaller.start(channel, 500, PLAIN, WAITING), scenario);
	}

	private static void underLoad(String name, GrpcStack stack, List<String> names,
			Function<FaultRegistry, ManagedChannel> channels, Function<ManagedChannel, SteadyCaller> callers,
			Scenario scenario) throws Exception {
		try (FaultRegistry registry = FaultRegistry.started(name)) {
			List<EchoServer> servers = new ArrayList<>(EchoServer.started(stack, names, registry.properties()));
			ManagedChannel channel = channels.apply(registry);
			try (SteadyCaller caller = callers.apply(channel)) {
				FaultRegistry.warmUp(caller, names.size());
				scenario.play(registry, servers, caller);
			}
			finally {
				channel.shutdownNow();
				servers.forEach(EchoServer::close);
			}
		}
	}

	private interface Scenario {

		/**
		 * Lets something happen.
		 * @param registry what the servers register in
		 * @param servers closed in the end; may be changed
		 * @param caller calls already, and all of them answer
		 */
		void play(FaultRegistry registry, List<EchoServer> servers, SteadyCaller caller);

	}

}
