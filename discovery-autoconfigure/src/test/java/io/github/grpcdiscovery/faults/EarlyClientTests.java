package io.github.grpcdiscovery.faults;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.SteadyCaller;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/** A client is up before the first server of its service. */
@Timeout(300)
class EarlyClientTests {

	private static final Duration DEADLINE = Duration.ofSeconds(60);

	@ParameterizedTest
	@ValueSource(strings = { "etcd", "consul" })
	@Proves("F3")
	void failsFastWithASentenceAndCallsTheFirstServerAtOnce(String name, TestReporter reporter) throws Exception {
		try (FaultRegistry registry = FaultRegistry.started(name)) {
			// hundreds of waiting calls at once, in a JVM that has made none: not what is
			// measured
			untilTheFirstCall(registry);
			long[] millis = new long[5];
			for (int i = 0; i < millis.length; i++) {
				millis[i] = untilTheFirstCall(registry);
			}
			Arrays.sort(millis);
			reporter.publishEntry(Proves.MEASURED,
					"%s: registered to first call: %s ms".formatted(name, Arrays.toString(millis)));
			assertThat(Duration.ofMillis(millis[millis.length / 2]))
				.as("some 20 ms on a machine that has nothing else to do")
				.isLessThanOrEqualTo(Conditions.scaled(Duration.ofSeconds(2)));
		}
	}

	private static long untilTheFirstCall(FaultRegistry registry) {
		LocalEcho server = new LocalEcho("early");
		ManagedChannel channel = registry.channel();
		try (SteadyCaller caller = SteadyCaller.start(channel, 500, DEADLINE, DEADLINE)) {
			// that there is nobody is not known before the registry has answered
			Conditions.await(Duration.ofSeconds(60))
				.until(() -> caller.failures()
					.stream()
					.anyMatch((failure) -> failure.status().getCode() == Status.Code.UNAVAILABLE));
			long known = System.nanoTime();
			Conditions.await().until(() -> caller.failuresBegunAfter(known).size() > 100);
			assertThat(caller.failuresBegunAfter(known)).allSatisfy((failure) -> {
				assertThat(failure.waitForReady()).isFalse();
				assertThat(failure.status().getDescription()).startsWith("no instances of 'echo' in ")
					.contains(registry.registry().description());
				assertThat(Duration.ofNanos(failure.ended() - failure.began())).as("long before its deadline")
					.isLessThan(Conditions.scaled(Duration.ofSeconds(20)));
			});
			try (Registration registration = registry.registry().registrar().register(server.instance())) {
				long[] registered = new long[1];
				registration.registered().thenRun(() -> registered[0] = System.nanoTime()).join();
				Conditions.await().until(() -> !caller.answers((answer) -> true).isEmpty());
				long answered = caller.answers((answer) -> true)
					.stream()
					.mapToLong(SteadyCaller.Outcome::ended)
					.min()
					.orElseThrow();
				return Math.max(TimeUnit.NANOSECONDS.toMillis(answered - registered[0]), 0);
			}
		}
		finally {
			channel.shutdownNow();
			server.close();
			Conditions.await()
				.until(() -> registry.registry()
					.discovery()
					.watches()
					.stream()
					.allMatch((watch) -> watch.instances() != null && watch.instances().isEmpty()));
		}
	}

}
