package io.github.grpcdiscovery.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.grpc.ManagedChannel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.autoconfigure.GrpcStack;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/** Servers are stopped and killed under 500 calls a second. */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class ReplacedServerTests {

	private static final Logger logger = LoggerFactory.getLogger(ReplacedServerTests.class);

	private static final Duration PLAIN = Duration.ofSeconds(5);

	private static final Duration WAITING = Duration.ofSeconds(10);

	@ParameterizedTest
	@CsvSource({ "etcd, NET_DEVH", "consul, SPRING_BOOT" })
	@Proves("F42")
	void theOnlyInstanceIsReplacedByAReadyOneAndNoCallFails(String name, GrpcStack stack) throws Exception {
		try (FaultRegistry registry = FaultRegistry.started(name);
				EchoServer first = EchoServer.starting(stack, "first", registry.properties()).awaitRegistered()) {
			ManagedChannel channel = registry.channel();
			try (SteadyCaller caller = SteadyCaller.start(channel, 500, PLAIN, WAITING)) {
				FaultRegistry.warmUp(caller, 1);
				try (EchoServer second = EchoServer.starting(stack, "second", registry.properties())) {
					second.awaitRegistered();
					long replaced = System.nanoTime();
					first.terminate();
					first.awaitExit(Duration.ofSeconds(60));
					TimeUnit.SECONDS.sleep(2);
					assertThat(caller.failures()).as(caller.account(replaced)).isEmpty();
					assertThat(caller.answeredBy().keySet()).containsExactly("first", "second");
					logger.info("{}: replaced under {} calls, none failed", name, caller.made());
				}
			}
			finally {
				channel.shutdownNow();
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "etcd, NET_DEVH", "consul, SPRING_BOOT" })
	@Proves("F42")
	void rollingRestartFailsNoCall(String name, GrpcStack stack) throws Exception {
		rollingRestart(name, stack, 1);
	}

	@ParameterizedTest
	@Tag("long")
	@CsvSource({ "etcd, NET_DEVH", "etcd, SPRING_BOOT", "consul, NET_DEVH", "consul, SPRING_BOOT" })
	@Proves("F42")
	void tenRollingRestartsFailNoCall(String name, GrpcStack stack) throws Exception {
		rollingRestart(name, stack, 10);
	}

	private void rollingRestart(String name, GrpcStack stack, int times) throws Exception {
		try (FaultRegistry registry = FaultRegistry.started(name)) {
			List<EchoServer> servers = new ArrayList<>(
					EchoServer.started(stack, List.of("0", "1", "2"), registry.properties()));
			ManagedChannel channel = registry.channel();
			try (SteadyCaller caller = SteadyCaller.start(channel, 500, PLAIN, WAITING)) {
				FaultRegistry.warmUp(caller, 3);
				long began = System.nanoTime();
				for (int i = 0; i < 3 * times; i++) {
					EchoServer leaving = servers.remove(0);
					leaving.terminate();
					leaving.awaitExit(Duration.ofSeconds(60));
					servers.add(
							EchoServer.starting(stack, String.valueOf(i + 3), registry.properties()).awaitRegistered());
					assertThat(caller.failures()).as(caller.account(began)).isEmpty();
				}
				TimeUnit.SECONDS.sleep(1);
				assertThat(caller.failures()).as(caller.account(began)).isEmpty();
				logger.info("{}: {} rolling restarts, {} calls, none failed", name, times, caller.made());
			}
			finally {
				channel.shutdownNow();
				servers.forEach(EchoServer::close);
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "etcd, NET_DEVH", "consul, SPRING_BOOT" })
	void whenAllAreStoppedPlainCallsFailAtOnceAndWaitingCallsAreAnsweredByTheNextServer(String name, GrpcStack stack)
			throws Exception {
		try (FaultRegistry registry = FaultRegistry.started(name)) {
			List<EchoServer> servers = new ArrayList<>(
					EchoServer.started(stack, List.of("a", "b"), registry.properties()));
			ManagedChannel channel = registry.channel();
			try (SteadyCaller caller = SteadyCaller.start(channel, 100, PLAIN, Duration.ofMinutes(2))) {
				FaultRegistry.warmUp(caller, 2);
				servers.forEach(EchoServer::terminate);
				servers.forEach((server) -> server.awaitExit(Duration.ofSeconds(60)));
				long gone = System.nanoTime();
				Conditions.await(Duration.ofSeconds(10))
					.until(() -> caller.failuresBegunAfter(gone)
						.stream()
						.anyMatch((failure) -> String.valueOf(failure.status().getDescription())
							.startsWith("no instances of 'echo' in " + name)));
				logger.info("{}: nobody is left: known after {} ms", name,
						TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - gone));
				assertThat(caller.failures()).as(caller.account(gone))
					.allMatch((failure) -> !failure.waitForReady())
					.allMatch((failure) -> failure.ended() - failure.began() < Duration.ofSeconds(3).toNanos());
				servers.add(EchoServer.starting(stack, "c", registry.properties()).awaitRegistered());
				Conditions.await(Duration.ofSeconds(20)).until(() -> caller.answeredBy().containsKey("c"));
				long back = System.nanoTime();
				TimeUnit.SECONDS.sleep(1);
				assertThat(caller.failuresBegunAfter(back)).as(caller.account(back)).isEmpty();
				assertThat(caller.failures()).as(caller.account(gone)).noneMatch(SteadyCaller.Outcome::waitForReady);
			}
			finally {
				channel.shutdownNow();
				servers.forEach(EchoServer::close);
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "etcd, NET_DEVH", "consul, SPRING_BOOT" })
	@Proves("F40")
	void killedServerCostsTheCallsUnderWayAndNoOther(String name, GrpcStack stack) throws Exception {
		try (FaultRegistry registry = FaultRegistry.started(name)) {
			List<EchoServer> servers = EchoServer.started(stack, List.of("a", "b", "c"), registry.properties());
			ManagedChannel channel = registry.channel();
			try (SteadyCaller caller = SteadyCaller.start(channel, 500, PLAIN, WAITING)) {
				FaultRegistry.warmUp(caller, 3);
				long killed = System.nanoTime();
				servers.get(0).kill();
				TimeUnit.SECONDS.sleep(4);
				// they all end when the system has taken the process down: what was not
				// under
				// way then does not fail
				long broke = caller.failures().stream().mapToLong(SteadyCaller.Outcome::ended).min().orElse(killed);
				assertThat(caller.failures()).as(caller.account(killed))
					.allMatch((failure) -> failure.began() <= broke)
					.allMatch((failure) -> failure.server().equals(caller.failures().get(0).server()));
				logger.info("{}: killed: {}", name, caller.account(killed));
			}
			finally {
				channel.shutdownNow();
				servers.forEach(EchoServer::close);
			}
		}
	}

}
