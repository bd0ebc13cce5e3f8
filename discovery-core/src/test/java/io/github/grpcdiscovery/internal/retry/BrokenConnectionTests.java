package io.github.grpcdiscovery.internal.retry;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayReply;
import io.github.grpcdiscovery.test.echo.SayRequest;
import io.github.grpcdiscovery.testsupport.Conditions;

import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of calls that a transport ends as grpc-netty does. */
class BrokenConnectionTests {

	private static final Status CHANNEL_CLOSED = Status.UNKNOWN.withDescription("channel closed")
		.withCause(new ClosedChannelException().initCause(new ClosedChannelException()));

	private final Transport transport = new Transport();

	@Test
	void idempotentCallIsMadeAgainIfItsChannelWasClosed() {
		Ended ended = call(EchoGrpc.getLookMethod(), new IdempotentCallRetry());
		this.transport.begins(0, true);
		this.transport.ends(0, CHANNEL_CLOSED, new Metadata());
		// after a pause
		Conditions.await().until(() -> this.transport.attempts.size() == 2);
		this.transport.ends(1, Status.OK, new Metadata());
		assertThat(ended.statuses).containsExactly(Status.OK);
	}

	@Test
	void anyCallIsMadeAgainIfNothingOfItWasSent() {
		List<MethodDescriptor<SayRequest, SayReply>> methods = List.of(EchoGrpc.getSayMethod(),
				EchoGrpc.getWatchMethod());
		for (MethodDescriptor<SayRequest, SayReply> method : methods) {
			int first = this.transport.attempts.size();
			Ended ended = call(method, new IdempotentCallRetry());
			this.transport.begins(first, false);
			this.transport.ends(first, CHANNEL_CLOSED, new Metadata());
			this.transport.begins(first + 1, false);
			this.transport.ends(first + 1, Status.UNAVAILABLE.withCause(new IOException("Broken pipe")),
					new Metadata());
			this.transport.begins(first + 2, true);
			this.transport.ends(first + 2, Status.OK, new Metadata());
			assertThat(ended.statuses).containsExactly(Status.OK);
		}
	}

	@Test
	void callThatWasSentAndMayNotBeMadeAgainEndsUnavailable() {
		Ended ended = call(EchoGrpc.getSayMethod(), new IdempotentCallRetry());
		this.transport.begins(0, true);
		this.transport.ends(0, CHANNEL_CLOSED, new Metadata());
		assertThat(this.transport.attempts).hasSize(1);
		assertThat(ended.statuses).singleElement().satisfies((status) -> {
			assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			assertThat(status.getDescription()).isEqualTo("channel closed");
			assertThat(status.getCause()).isInstanceOf(ClosedChannelException.class);
		});
	}

	@Test
	void callThatFoundNoConnectionIsNotMadeAgain() {
		Ended ended = call(EchoGrpc.getLookMethod(), new IdempotentCallRetry());
		this.transport.ends(0, Status.UNAVAILABLE.withDescription("no instances"), new Metadata());
		assertThat(this.transport.attempts).hasSize(1);
		assertThat(ended.statuses).hasSize(1);
	}

	@Test
	void unknownOfAServerIsAnAnswer() {
		Metadata trailers = new Metadata();
		trailers.put(Metadata.Key.of("content-type", Metadata.ASCII_STRING_MARSHALLER), "application/grpc");
		Ended ended = call(EchoGrpc.getLookMethod(), new IdempotentCallRetry());
		this.transport.begins(0, true);
		this.transport.ends(0, Status.UNKNOWN, trailers);
		assertThat(this.transport.attempts).hasSize(1);
		assertThat(ended.statuses).containsExactly(Status.UNKNOWN);
	}

	@Test
	void unknownOfAnInterceptorIsNotABrokenConnection() {
		Ended ended = call(EchoGrpc.getLookMethod(), new IdempotentCallRetry());
		this.transport.begins(0, true);
		Status bug = Status.UNKNOWN.withCause(new IllegalStateException("a bug"));
		this.transport.ends(0, bug, new Metadata());
		assertThat(this.transport.attempts).hasSize(1);
		assertThat(ended.statuses).containsExactly(bug);
	}

	@Test
	void nothingIsMadeAgainWhereOnlyTheStatusIsMended() {
		Ended ended = call(EchoGrpc.getLookMethod(), new BrokenConnectionStatus());
		this.transport.begins(0, false);
		this.transport.ends(0, CHANNEL_CLOSED, new Metadata());
		assertThat(this.transport.attempts).hasSize(1);
		assertThat(ended.statuses).extracting(Status::getCode).containsExactly(Status.Code.UNAVAILABLE);
	}

	private Ended call(MethodDescriptor<SayRequest, SayReply> method, ClientInterceptor interceptor) {
		Ended ended = new Ended();
		ClientCall<SayRequest, SayReply> call = ClientInterceptors.intercept(this.transport, interceptor)
			.newCall(method, CallOptions.DEFAULT);
		call.start(ended, new Metadata());
		call.request(1);
		call.sendMessage(SayRequest.getDefaultInstance());
		call.halfClose();
		return ended;
	}

	private static final class Ended extends ClientCall.Listener<SayReply> {

		private final List<Status> statuses = new ArrayList<>();

		@Override
		public void onClose(Status status, Metadata trailers) {
			this.statuses.add(status);
		}

	}

	/** Does with each attempt what a test says. */
	private static final class Transport extends Channel {

		private final List<Attempt> attempts = new CopyOnWriteArrayList<>();

		@Override
		public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
			return new FakeCall<>(this.attempts, options);
		}

		@Override
		public String authority() {
			return "echo";
		}

		void begins(int attempt, boolean sent) {
			this.attempts.get(attempt).options().getStreamTracerFactories().forEach((factory) -> {
				ClientStreamTracer tracer = factory
					.newClientStreamTracer(ClientStreamTracer.StreamInfo.newBuilder().build(), new Metadata());
				tracer.streamCreated(Attributes.EMPTY, new Metadata());
				if (sent) {
					tracer.outboundHeaders();
				}
			});
		}

		void ends(int attempt, Status status, Metadata trailers) {
			this.attempts.get(attempt).listener().onClose(status, trailers);
		}

	}

	private record Attempt(CallOptions options, ClientCall.Listener<?> listener) {
	}

	private static final class FakeCall<Q, A> extends ClientCall<Q, A> {

		private final List<Attempt> attempts;

		private final CallOptions options;

		FakeCall(List<Attempt> attempts, CallOptions options) {
			this.attempts = attempts;
			this.options = options;
		}

		@Override
		public void start(Listener<A> listener, Metadata headers) {
			this.attempts.add(new Attempt(this.options, listener));
		}

		@Override
		public void request(int messages) {
			// nothing comes
		}

		@Override
		public void cancel(String message, Throwable cause) {
			// the test ends it
		}

		@Override
		public void halfClose() {
			// sent
		}

		@Override
		public void sendMessage(Q message) {
			// sent
		}

	}

}
