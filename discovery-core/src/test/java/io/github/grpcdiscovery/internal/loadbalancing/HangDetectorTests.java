package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Duration;
import java.util.stream.IntStream;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

import io.github.grpcdiscovery.internal.retry.LostServer;
import io.github.grpcdiscovery.testsupport.CapturedLog;

import static org.assertj.core.api.Assertions.assertThat;

class HangDetectorTests {

	private static final Duration AFTER = Duration.ofSeconds(2);

	private final FakeChannel channel = new FakeChannel();

	private final CapturedLog log = new CapturedLog(EjectionLog.class);

	@AfterEach
	void closeLog() {
		this.log.close();
	}

	@Test
	void serverThatIsSilentIsProbedAndEjectedIfItDoesNotAnswerWhileOthersDo() {
		this.channel.balance(3, AFTER);
		this.channel.call(2);
		this.channel.pass(Duration.ofMillis(1900), 0, 1);
		assertThat(this.channel.server(2).probes()).hasSize(1);
		assertThat(this.channel.server(0).probes()).isEmpty();
		assertThat(this.channel.picks(6)).containsExactly(0, 1, 2, 0, 1, 2);
		this.channel.pass(Duration.ofMillis(300), 0, 1);
		assertThat(this.channel.picks(6)).containsExactly(0, 1, 0, 1, 0, 1);
		assertThat(this.log.warnings()).containsExactly(
				"Ejected /127.0.0.1:9002 of 'echo': it is unresponsive, nothing came from it for 2s while others responded. It gets no calls until it responds");
	}

	@Test
	void answerToTheProbeUnejectsItWithoutACall() {
		this.channel.balance(2, AFTER);
		this.channel.call(1);
		this.channel.pass(Duration.ofSeconds(3), 0);
		assertThat(this.channel.picks(3)).containsExactly(0, 0, 0);
		this.channel.server(1).probes().get(0).onClose(Status.UNIMPLEMENTED, new Metadata());
		assertThat(this.channel.picks(3)).contains(0, 1);
		assertThat(this.log.infos()).singleElement().asString().startsWith("Unejected /127.0.0.1:9001 of 'echo' after");
		this.channel.pass(Duration.ofSeconds(5), 0, 1);
		assertThat(this.log.warnings()).hasSize(1);
	}

	@Test
	void whateverComesIsASignOfLife() {
		this.channel.balance(2, AFTER);
		this.channel.call(1);
		this.channel.pass(Duration.ofMillis(1500), 0);
		assertThat(this.channel.server(1).probes()).hasSize(1);
		this.channel.server(1).tracer().inboundMessage(0);
		this.channel.pass(Duration.ofSeconds(1), 0);
		assertThat(this.log.warnings()).as("the probe is not answered, but the call is").isEmpty();
		assertThat(this.channel.server(1).cancelled()).isEqualTo(1);
	}

	@Test
	void serverThatIsBackIsNotEjectedForAnOldProbe() {
		this.channel.balance(2, AFTER);
		this.channel.call(1);
		this.channel.pass(Duration.ofSeconds(3), 0);
		assertThat(this.log.warnings()).hasSize(1);
		this.channel.server(1).tracer().inboundHeaders();
		this.channel.pass(Duration.ofSeconds(5), 0);
		assertThat(this.log.infos()).hasSize(1);
		assertThat(this.log.warnings()).hasSize(1);
		this.channel.call(1);
		this.channel.pass(Duration.ofSeconds(3), 0);
		assertThat(this.log.warnings()).as("but for a new one").hasSize(2);
	}

	@Test
	void serverThatIsNotCalledIsNotProbed() {
		this.channel.balance(3, AFTER);
		this.channel.scheduler().advance(Duration.ofMinutes(5));
		assertThat(this.channel.servers()).allMatch((server) -> server.probes().isEmpty());
	}

	@Test
	void ownDeadlinesAndCancellationsSayNothing() {
		this.channel.balance(2, AFTER);
		this.channel.call(1);
		this.channel.server(1).tracer().streamClosed(Status.DEADLINE_EXCEEDED);
		this.channel.server(1).tracer().streamClosed(Status.CANCELLED);
		this.channel.pass(Duration.ofSeconds(3), 0);
		assertThat(this.channel.picks(3)).containsExactly(0, 0, 0);
	}

	@Test
	void connectionThatOurKeepAliveClosesIsNoSignOfLife() {
		this.channel.balance(2, AFTER);
		this.channel.call(1);
		this.channel.pass(Duration.ofSeconds(1), 0);
		assertThat(this.channel.server(1).probes()).hasSize(1);
		this.channel.server(1).tracer().streamClosed(Status.UNAVAILABLE.withDescription("Keepalive failed"));
		this.channel.pass(Duration.ofMillis(1500), 0);
		assertThat(this.channel.picks(3)).containsExactly(0, 0, 0);
	}

	@Test
	void probeHasNothingOfACallersContext() {
		this.channel.balance(2, AFTER);
		this.channel.call(1);
		Context.current().withValue(Context.key("caller"), "x").run(() -> this.channel.pass(Duration.ofSeconds(1), 0));
		assertThat(this.channel.server(1).contexts()).containsExactly(Context.ROOT);
	}

	@Test
	void deadlineThatTheServerReportsIsAnAnswerAndOneOfOursIsNone() {
		this.channel.balance(2, AFTER);
		this.channel.call(1);
		this.channel.pass(Duration.ofSeconds(3), 0);
		Metadata trailers = new Metadata();
		trailers.put(Metadata.Key.of("content-type", Metadata.ASCII_STRING_MARSHALLER), "application/grpc");
		this.channel.server(1).probes().get(0).onClose(Status.DEADLINE_EXCEEDED, trailers);
		assertThat(this.log.infos()).hasSize(1);
		this.channel.call(1);
		this.channel.pass(Duration.ofSeconds(3), 0);
		this.channel.server(1).probes().get(1).onClose(Status.DEADLINE_EXCEEDED, new Metadata());
		assertThat(this.log.infos()).hasSize(1);
	}

	@Test
	void errorsOfTheServerAreSignsOfLife() {
		this.channel.balance(2, AFTER);
		for (int i = 0; i < 20; i++) {
			this.channel.call(1);
			this.channel.server(1).tracer().inboundTrailers(new Metadata());
			this.channel.server(1).tracer().streamClosed(Status.INTERNAL);
			this.channel.pass(Duration.ofMillis(400), 0);
		}
		assertThat(this.channel.server(1).probes()).isEmpty();
	}

	@Test
	void whenNobodyIsHeardOthersAreProbedFirst() {
		this.channel.balance(5, AFTER);
		this.channel.call(4);
		this.channel.scheduler().advance(Duration.ofSeconds(3));
		assertThat(this.log.warnings()).isEmpty();
		assertThat(this.channel.servers()).filteredOn((server) -> !server.probes().isEmpty())
			.as("it and three others")
			.hasSize(4);
		this.channel.server(0).probes().get(0).onHeaders(new Metadata());
		this.channel.scheduler().advance(Duration.ofMillis(200));
		assertThat(this.log.warnings()).singleElement().asString().contains(":9004 ");
		this.channel.scheduler().advance(Duration.ofSeconds(2));
		assertThat(this.log.warnings()).as("those that were probed for it hang, too").hasSize(3);
		assertThat(this.channel.picks(4)).containsExactlyInAnyOrder(0, 3, 0, 3);
	}

	@Test
	void noMoreThanTwoThirdsAreEjectedAtOnce() {
		this.channel.balance(10, AFTER);
		IntStream.range(1, 10).forEach(this.channel::call);
		this.channel.pass(Duration.ofSeconds(5), 0);
		assertThat(this.log.warnings()).hasSize(6);
		assertThat(this.channel.picks(40)).containsOnly(0, 7, 8, 9);
		this.channel.server(3).probes().get(0).onHeaders(new Metadata());
		this.channel.pass(Duration.ofMillis(200), 0);
		assertThat(this.log.warnings()).as("when one is back, the next one is out").hasSize(7);
		assertThat(this.channel.picks(40)).containsOnly(0, 3, 8, 9);
	}

	@Test
	@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
	void tenThousandSilentServersCostNoSquareOfThat() {
		this.channel.balance(10_000, AFTER);
		IntStream.range(0, 10_000).forEach(this.channel::call);
		this.channel.scheduler().advance(Duration.ofSeconds(30));
		assertThat(this.log.warnings()).isEmpty();
		assertThat(this.channel.servers()).allMatch((server) -> server.probes().size() == 1);
	}

	@Test
	void serverWhoseStreamsAreAllInUseIsNotSaidToHang() {
		this.channel.balance(2, AFTER);
		this.channel.server(1).fill();
		this.channel.call(1);
		this.channel.pass(Duration.ofSeconds(3), 0);
		assertThat(this.channel.picks(3)).containsExactly(0, 0, 0);
		assertThat(this.log.warnings()).singleElement()
			.asString()
			.startsWith(
					"Ejected /127.0.0.1:9001 of 'echo': it takes no more calls, as many are in flight as it allows on one connection");
		this.channel.server(1).probes().get(0).onHeaders(new Metadata());
		assertThat(this.channel.picks(3)).contains(1);
	}

	@Test
	void nobodyIsEjectedWhileNobodyAnswers() {
		this.channel.balance(3, AFTER);
		IntStream.range(0, 3).forEach(this.channel::call);
		this.channel.scheduler().advance(Duration.ofMinutes(1));
		assertThat(this.channel.picks(3)).containsExactlyInAnyOrder(0, 1, 2);
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void whoDidNotRunItselfDoesNotJudge() {
		this.channel.balance(2, AFTER);
		this.channel.call(1);
		this.channel.pass(Duration.ofMillis(1500), 0);
		this.channel.pause(Duration.ofSeconds(30));
		this.channel.pass(Duration.ofMillis(1400), 0);
		assertThat(this.log.warnings()).isEmpty();
		this.channel.pass(Duration.ofMillis(300), 0);
		assertThat(this.log.warnings()).hasSize(1);
	}

	@Test
	void connectionThatBreaksEndsTheEjection() {
		this.channel.balance(2, AFTER);
		this.channel.call(1);
		this.channel.pass(Duration.ofSeconds(3), 0);
		this.channel.server(1).probes().get(0).onClose(Status.UNAVAILABLE, new Metadata());
		assertThat(this.channel.picks(2)).contains(1);
		assertThat(this.log.infos()).as("that is not a sign of life").isEmpty();
	}

	@Test
	void callThatWasLostGoesToTheServerItWasLostWithOnlyIfThereIsNoOther() {
		this.channel.balance(3, Duration.ofSeconds(2));
		this.channel.pass(Duration.ofMillis(100), 0, 1, 2);
		CallOptions lost = CallOptions.DEFAULT.withOption(LostServer.ADDRESS, FakeChannel.address(1));
		assertThat(this.channel.picks(20, lost)).containsOnly(0, 2);
		assertThat(this.channel.picks(20)).contains(1);
		// the others hang
		this.channel.pass(Duration.ofSeconds(1), 1);
		this.channel.call(0);
		this.channel.call(2);
		this.channel.pass(Duration.ofSeconds(3), 1);
		assertThat(this.channel.picks(20, lost)).containsOnly(1);
	}

	@Test
	void zeroEjectsNobody() {
		this.channel.balance(2, Duration.ZERO);
		this.channel.call(1);
		this.channel.pass(Duration.ofMinutes(1), 0);
		assertThat(this.channel.server(1).probes()).isEmpty();
		assertThat(this.channel.picks(4)).contains(1);
	}

	@Test
	void zeroUnejectsWhoIsEjected() {
		this.channel.balance(2, AFTER);
		this.channel.call(1);
		this.channel.pass(Duration.ofSeconds(3), 0);
		assertThat(this.channel.picks(4)).doesNotContain(1);
		this.channel.balance(2, Duration.ZERO);
		assertThat(this.channel.picks(4)).contains(1);
		assertThat(this.channel.server(1).cancelled()).isEqualTo(1);
	}

	@Test
	void shutdownAndRemovedServersLeaveNothing() {
		this.channel.balance(3, AFTER);
		this.channel.call(2);
		this.channel.pass(Duration.ofSeconds(3), 0, 1);
		FakeServer removed = this.channel.server(2);
		this.channel.balance(2, AFTER);
		assertThat(removed.cancelled()).isEqualTo(1);
		assertThat(removed.isShutdown()).isTrue();
		this.channel.execute(this.channel.balancer()::shutdown);
		assertThat(this.channel.scheduler().pendingTasks()).isZero();
	}

}
