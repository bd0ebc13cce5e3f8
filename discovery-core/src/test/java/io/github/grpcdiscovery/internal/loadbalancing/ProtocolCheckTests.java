package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Duration;

import io.grpc.Metadata;
import io.grpc.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.testsupport.CapturedLog;

import static org.assertj.core.api.Assertions.assertThat;

class ProtocolCheckTests {

	private static final Duration AFTER = Duration.ofSeconds(2);

	private final FakeChannel channel = new FakeChannel();

	private final CapturedLog log = new CapturedLog(EjectionLog.class);

	@AfterEach
	void closeLog() {
		this.log.close();
	}

	@Test
	void serverThatAnswersHttpAloneIsEjectedWhileAnotherSpeaksGrpc() {
		this.channel.balance(3, AFTER);
		this.channel.call(1);
		this.channel.server(1).tracer().streamClosed(Status.UNIMPLEMENTED);
		this.channel.pass(Duration.ofMillis(100), 0);
		assertThat(this.channel.picks(3)).as("a probe decides").contains(1);
		answersHttp(1, 0);
		assertThat(this.channel.picks(4)).doesNotContain(1);
		assertThat(this.log.warnings()).containsExactly(
				"Ejected /127.0.0.1:9001 of 'echo': it does not speak gRPC (HTTP status code 404, invalid content-type: text/html). It gets no calls until it does");
		this.channel.server(1).tracer().streamClosed(Status.UNIMPLEMENTED);
		this.channel.pass(ProtocolCheck.RETRY.plusMillis(200), 0);
		assertThat(this.channel.picks(4)).as("a call that was under way changes nothing").doesNotContain(1);
		answersHttp(1, 1);
		this.channel.pass(ProtocolCheck.RETRY.plusMillis(200), 0);
		this.channel.server(1).probes().get(2).onHeaders(new Metadata());
		assertThat(this.channel.picks(3)).contains(1);
		assertThat(this.log.warnings()).hasSize(1);
		assertThat(this.log.infos()).singleElement().asString().startsWith("Unejected /127.0.0.1:9001 of 'echo' after");
	}

	@Test
	void nobodyIsEjectedWhileNobodySpeaksGrpc() {
		this.channel.balance(2, AFTER);
		for (int server = 0; server < 2; server++) {
			this.channel.call(server);
			this.channel.server(server).tracer().streamClosed(Status.UNIMPLEMENTED);
		}
		this.channel.scheduler().advance(Duration.ofMillis(100));
		answersHttp(0, 0);
		answersHttp(1, 0);
		assertThat(this.channel.picks(2)).containsExactlyInAnyOrder(0, 1);
		this.channel.call(0);
		this.channel.server(0).tracer().inboundHeaders();
		this.channel.scheduler().advance(Duration.ofMillis(100));
		assertThat(this.channel.picks(2)).as("once one does, it is another matter").containsOnly(0);
	}

	@Test
	void connectionThatBreaksDuringTheProbeSaysNothing() {
		this.channel.balance(2, AFTER);
		this.channel.call(1);
		this.channel.server(1).tracer().streamClosed(Status.UNKNOWN);
		this.channel.pass(Duration.ofMillis(100), 0);
		this.channel.server(1).probes().get(0).onClose(Status.UNAVAILABLE, new Metadata());
		this.channel.pass(Duration.ofSeconds(10), 0);
		assertThat(this.channel.server(1).probes()).hasSize(1);
		assertThat(this.channel.picks(3)).contains(1);
	}

	@Test
	void errorOfAGrpcServerIsNotProbed() {
		this.channel.balance(2, AFTER);
		this.channel.call(1);
		this.channel.server(1).tracer().inboundTrailers(new Metadata());
		this.channel.server(1).tracer().streamClosed(Status.UNIMPLEMENTED);
		this.channel.pass(Duration.ofSeconds(1), 0);
		assertThat(this.channel.server(1).probes()).isEmpty();
	}

	private void answersHttp(int server, int probe) {
		Metadata headers = new Metadata();
		headers.put(Metadata.Key.of("content-type", Metadata.ASCII_STRING_MARSHALLER), "text/html");
		this.channel.server(server)
			.probes()
			.get(probe)
			.onClose(
					Status.UNIMPLEMENTED.withDescription(
							"HTTP status code 404\ninvalid content-type: text/html\nheaders: ..\nDATA--\n<h1>"),
					headers);
	}

}
