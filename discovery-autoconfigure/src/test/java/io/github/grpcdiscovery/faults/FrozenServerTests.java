package io.github.grpcdiscovery.faults;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.grpc.ManagedChannel;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.github.grpcdiscovery.autoconfigure.GrpcStack;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.SteadyCaller;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/** A server hangs: SIGSTOP, long before its registry notices. */
@Timeout(600)
class FrozenServerTests {

	// one that is only late on a busy machine is answered within it
	private static final Duration DEADLINE = Duration.ofSeconds(3);

	private static final long NOTICED = Conditions.scaled(Duration.ofSeconds(3)).toNanos();

	@ParameterizedTest
	@CsvSource({ "etcd, NET_DEVH", "consul, SPRING_BOOT" })
	@Proves("F41")
	void getsNoCallsAfterThreeSecondsAndSomeAgainWhenItThaws(String name, GrpcStack stack, TestReporter reporter)
			throws Exception {
		try (FaultRegistry registry = FaultRegistry.started(name)) {
			List<EchoServer> servers = EchoServer.started(stack, List.of("a", "b", "c"), registry.properties());
			ManagedChannel channel = registry.channel();
			try (CapturedLog log = new CapturedLog(
					Class.forName("io.github.grpcdiscovery.internal.loadbalancing.EjectionLog"));
					SteadyCaller caller = SteadyCaller.start(channel, 500, DEADLINE, DEADLINE)) {
				FaultRegistry.warmUp(caller, 3);
				int before = log.warnings().size();
				EchoServer frozen = servers.get(2);
				long from = System.nanoTime();
				frozen.pause();
				// what is called three seconds after it froze has failed three seconds
				// later
				caller.failsNoCallFor(Duration.ofSeconds(9), from, (failure) -> isNoticed(caller, from, failure));
				long until = System.nanoTime();
				assertThat(caller.failures()).as("only calls to the frozen one: %s", caller.account(from))
					.isNotEmpty()
					.extracting(SteadyCaller.Outcome::server)
					.containsOnly(caller.failures().get(0).server());
				String address = caller.failures().get(0).server();
				long last = caller.failures().stream().mapToLong(SteadyCaller.Outcome::began).max().orElseThrow();
				reporter.publishEntry(Proves.MEASURED, "%s: the last of %d calls that failed was begun after %d ms"
					.formatted(name, caller.failures().size(), TimeUnit.NANOSECONDS.toMillis(last - from)));
				long answered = caller.answeredBy().get("c");
				frozen.resume();
				Conditions.await(Duration.ofSeconds(60)).until(() -> caller.answeredBy().get("c") > answered + 10);
				reporter.publishEntry(Proves.MEASURED, "called again %d ms after it thawed"
					.formatted(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - until)));
				long back = System.nanoTime();
				caller.failsNoCallFor(Duration.ofSeconds(2), back, (failure) -> failure.began() - back >= 0);
				// another one may hang too, for a moment, on a busy machine
				assertThat(log.warnings().subList(before, log.warnings().size()))
					.filteredOn((line) -> line.startsWith("Ejected " + address + " "))
					.as("taken out: %s", log.warnings())
					.hasSize(1);
			}
			finally {
				channel.shutdownNow();
				servers.forEach(EchoServer::close);
			}
		}
	}

	// who did not run himself does not judge for a while
	private static boolean isNoticed(SteadyCaller caller, long frozen, SteadyCaller.Outcome failure) {
		return failure.began() - frozen >= NOTICED && caller.ran(failure.began() - NOTICED, failure.began());
	}

}
