package io.github.grpcdiscovery.internal.retry;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayReply;
import io.github.grpcdiscovery.test.echo.SayRequest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A call on a channel whose attempts a test answers, loses and counts.
 */
abstract class RetriedCallFixture {

	static final SayRequest ME = SayRequest.newBuilder().setText("me").build();

	static final SocketAddress SERVER = new InetSocketAddress("127.0.0.1", 9001);

	final FakeChannel channel = new FakeChannel();

	final Answers answers = new Answers();

	final ClientCall<SayRequest, SayReply> call = new IdempotentCallRetry().interceptCall(EchoGrpc.getLookMethod(),
			CallOptions.DEFAULT, this.channel);

	ClientCall<SayRequest, SayReply> start(CallOptions options) {
		ClientCall<SayRequest, SayReply> call = new IdempotentCallRetry().interceptCall(EchoGrpc.getLookMethod(),
				options, this.channel);
		call.start(this.answers, new Metadata());
		call.request(2);
		return call;
	}

	void giveAll() {
		this.call.start(this.answers, new Metadata());
		this.call.request(2);
		this.call.sendMessage(ME);
		this.call.halfClose();
	}

	static final class Answers extends ClientCall.Listener<SayReply> {

		final List<Status> closed = new ArrayList<>();

		final List<String> seen = new ArrayList<>();

		@Override
		public void onHeaders(Metadata headers) {
			this.seen.add("headers");
		}

		@Override
		public void onMessage(SayReply message) {
			this.seen.add(message.getText());
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			this.closed.add(status);
		}

	}

	/** Gives calls that note their steps. */
	static final class FakeChannel extends Channel {

		final List<FakeCall<?, ?>> attempts = new CopyOnWriteArrayList<>();

		final List<Reaction> reactions = new ArrayList<>();

		boolean broken;

		void when(int attempt, String step, Consumer<FakeCall<?, ?>> reaction) {
			this.reactions.add(new Reaction(attempt, step, reaction));
		}

		FakeCall<?, ?> attempt(int index) {
			return this.attempts.get(index);
		}

		@Override
		public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
			if (this.broken) {
				throw new IllegalArgumentException("an interceptor's fault");
			}
			int index = this.attempts.size();
			FakeCall<Q, A> call = new FakeCall<>(index, options, this.reactions);
			this.attempts.add(call);
			return call;
		}

		@Override
		public String authority() {
			return "fake";
		}

	}

	record Reaction(int attempt, String step, Consumer<FakeCall<?, ?>> reaction) {
	}

	static final class FakeCall<Q, A> extends ClientCall<Q, A> {

		final int index;

		final CallOptions options;

		final List<Reaction> reactions;

		final List<String> steps = new CopyOnWriteArrayList<>();

		@Nullable Listener<A> listener;

		FakeCall(int index, CallOptions options, List<Reaction> reactions) {
			this.index = index;
			this.options = options;
			this.reactions = reactions;
		}

		void lose() {
			stream(0);
			close(Status.UNAVAILABLE);
		}

		void loseSent() {
			stream(0).forEach(ClientStreamTracer::outboundHeaders);
			close(Status.UNAVAILABLE);
		}

		void loseAfter(int previousAttempts) {
			stream(previousAttempts);
			close(Status.UNAVAILABLE);
		}

		private List<ClientStreamTracer> stream(int previousAttempts) {
			ClientStreamTracer.StreamInfo info = ClientStreamTracer.StreamInfo.newBuilder()
				.setPreviousAttempts(previousAttempts)
				.build();
			Attributes transport = Attributes.newBuilder().set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, SERVER).build();
			List<ClientStreamTracer> tracers = this.options.getStreamTracerFactories()
				.stream()
				.map((factory) -> factory.newClientStreamTracer(info, new Metadata()))
				.toList();
			tracers.forEach((tracer) -> tracer.streamCreated(transport, new Metadata()));
			return tracers;
		}

		void answer() {
			begin();
			message();
			close(Status.OK);
		}

		void begin() {
			assertThat(this.listener).isNotNull();
			this.listener.onHeaders(new Metadata());
		}

		@SuppressWarnings("unchecked")
		void message() {
			assertThat(this.listener).isNotNull();
			this.listener.onMessage((A) SayReply.newBuilder().setText("answer " + this.index).build());
		}

		void close(Status status) {
			assertThat(this.listener).isNotNull();
			this.listener.onClose(status, new Metadata());
		}

		@Override
		public void start(Listener<A> listener, Metadata headers) {
			this.listener = listener;
			step("start");
		}

		@Override
		public void request(int messages) {
			step("request " + messages);
		}

		@Override
		public void cancel(@Nullable String message, @Nullable Throwable cause) {
			step("cancel " + message);
		}

		@Override
		public void halfClose() {
			step("half-close");
		}

		@Override
		public void sendMessage(Q message) {
			step("send");
		}

		@Override
		public void setMessageCompression(boolean enabled) {
			step("compression " + enabled);
		}

		private void step(String step) {
			this.steps.add(step);
			this.reactions.stream()
				.filter((reaction) -> reaction.attempt() == this.index && reaction.step().equals(step))
				.forEach((reaction) -> reaction.reaction().accept(this));
		}

	}

}
