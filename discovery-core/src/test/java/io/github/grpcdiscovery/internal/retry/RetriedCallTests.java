package io.github.grpcdiscovery.internal.retry;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayReply;
import io.github.grpcdiscovery.test.echo.SayRequest;

import static org.assertj.core.api.Assertions.assertThat;

class RetriedCallTests {

	private static final SayRequest ME = SayRequest.newBuilder().setText("me").build();

	private static final SocketAddress SERVER = new InetSocketAddress("127.0.0.1", 9001);

	private final FakeChannel channel = new FakeChannel();

	private final Answers answers = new Answers();

	private final ClientCall<SayRequest, SayReply> call = new IdempotentCallRetry()
		.interceptCall(EchoGrpc.getLookMethod(), CallOptions.DEFAULT, this.channel);

	@Test
	void callThatIsLostBeforeItsCallerHasGivenAllOfItIsMadeAgain() {
		this.call.start(this.answers, new Metadata());
		this.call.request(2);
		this.channel.attempt(0).lose();
		assertThat(this.channel.attempt(1).steps).containsExactly("start", "request 2");
		this.call.sendMessage(ME);
		this.channel.attempt(1).lose();
		assertThat(this.channel.attempt(2).steps).containsExactly("start", "request 2", "send");
		this.call.halfClose();
		this.channel.attempt(2).answer();
		assertThat(this.channel.attempt(2).steps).containsExactly("start", "request 2", "send", "half-close");
		assertThat(this.answers.closed).extracting(Status::getCode).containsExactly(Status.Code.OK);
	}

	@Test
	void callThatIsLostWhileItStartsIsMadeAgain() {
		this.channel.when(0, "start", FakeCall::lose);
		this.channel.when(1, "start", FakeCall::lose);
		giveAll();
		assertThat(this.channel.attempt(0).steps).containsExactly("start");
		assertThat(this.channel.attempt(1).steps).containsExactly("start");
		assertThat(this.channel.attempt(2).steps).containsExactly("start", "request 2", "send", "half-close");
	}

	@Test
	void callThatIsLostAtAnyStepOfItsCallerIsMadeAgainWithEachStepOnce() {
		for (String step : List.of("request 2", "send", "half-close")) {
			FakeChannel channel = new FakeChannel();
			channel.when(0, step, FakeCall::lose);
			ClientCall<SayRequest, SayReply> call = new IdempotentCallRetry().interceptCall(EchoGrpc.getLookMethod(),
					CallOptions.DEFAULT, channel);
			call.start(this.answers, new Metadata());
			call.request(2);
			call.sendMessage(ME);
			call.halfClose();
			assertThat(channel.attempt(1).steps).as(step).containsExactly("start", "request 2", "send", "half-close");
		}
	}

	@Test
	void callThatIsLostWhileItIsMadeAgainIsMadeAgain() {
		giveAll();
		this.channel.when(1, "send", FakeCall::lose);
		this.channel.attempt(0).lose();
		assertThat(this.channel.attempt(1).steps).containsExactly("start", "request 2", "send");
		assertThat(this.channel.attempt(2).steps).containsExactly("start", "request 2", "send", "half-close");
		this.channel.attempt(2).lose();
		assertThat(this.answers.closed).extracting(Status::getCode).containsExactly(Status.Code.UNAVAILABLE);
	}

	@Test
	void cancellingReachesTheAttemptThatWasBegunLast() {
		giveAll();
		this.channel.when(1, "start", FakeCall::lose);
		this.channel.attempt(0).lose();
		this.call.cancel("enough", null);
		assertThat(this.channel.attempt(2).steps).endsWith("cancel enough");
	}

	@Test
	void cancellingWhileTheCallIsMadeAgainReachesTheNewAttempt() {
		giveAll();
		this.channel.when(1, "start", (attempt) -> this.call.cancel("enough", null));
		this.channel.attempt(0).lose();
		assertThat(this.channel.attempt(1).steps).containsExactly("start", "cancel enough");
		this.channel.attempt(1).close(Status.CANCELLED);
		assertThat(this.answers.closed).extracting(Status::getCode).containsExactly(Status.Code.CANCELLED);
	}

	@Test
	void moreMessagesThanAnIntegerHoldsAreAskedForOneAfterTheOther() {
		this.call.start(this.answers, new Metadata());
		this.call.request(Integer.MAX_VALUE);
		this.call.request(1);
		this.channel.attempt(0).lose();
		assertThat(this.channel.attempt(1).steps).containsExactly("start", "request " + Integer.MAX_VALUE, "request 1");
	}

	@Test
	void compressionIsThatOfTheCaller() {
		this.call.start(this.answers, new Metadata());
		this.call.setMessageCompression(false);
		this.channel.attempt(0).lose();
		assertThat(this.channel.attempt(1).steps).containsExactly("start", "compression false");
	}

	@Test
	void attemptThatRefusesAStepSinceItWasLostIsNotTheCallersConcern() {
		this.channel.when(0, "half-close", (attempt) -> {
			attempt.lose();
			throw new IllegalStateException("call was cancelled");
		});
		giveAll();
		assertThat(this.channel.attempt(1).steps).containsExactly("start", "request 2", "send", "half-close");
	}

	@Test
	void callThatCannotBeMadeAgainEndsAsItWasLost() {
		giveAll();
		this.channel.when(1, "start", (attempt) -> {
			throw new IllegalArgumentException("an interceptor's fault");
		});
		this.channel.attempt(0).lose();
		assertThat(this.channel.attempt(1).steps).containsExactly("start", "cancel Could not retry it");
		this.channel.attempt(1).close(Status.CANCELLED);
		assertThat(this.answers.closed).extracting(Status::getCode).containsExactly(Status.Code.UNAVAILABLE);
	}

	@Test
	void callForWhichNoNewOneIsGivenEndsAsItWasLost() {
		giveAll();
		this.channel.broken = true;
		this.channel.attempt(0).lose();
		assertThat(this.answers.closed).extracting(Status::getCode).containsExactly(Status.Code.UNAVAILABLE);
	}

	@Test
	void answerThatBreaksOffIsAskedForAgain() {
		giveAll();
		this.channel.attempt(0).begin();
		this.channel.attempt(0).message();
		this.channel.attempt(0).lose();
		this.channel.attempt(1).begin();
		this.channel.attempt(1).lose();
		assertThat(this.answers.seen).isEmpty();
		this.channel.attempt(2).answer();
		assertThat(this.answers.seen).containsExactly("headers", "answer 2");
		assertThat(this.answers.closed).extracting(Status::getCode).containsExactly(Status.Code.OK);
	}

	@Test
	void headersOfAnAnswerAreToldAtOnceToACallerThatHasNotAskedForItsMessage() {
		this.call.start(this.answers, new Metadata());
		this.channel.attempt(0).begin();
		assertThat(this.answers.seen).containsExactly("headers");
		this.call.request(2);
		this.channel.attempt(0).message();
		assertThat(this.answers.seen).containsExactly("headers", "answer 0");
		this.channel.attempt(0).lose();
		assertThat(this.answers.closed).extracting(Status::getCode).containsExactly(Status.Code.UNAVAILABLE);
	}

	@Test
	void answerOfACallThatMayNotBeMadeTwiceIsToldAtOnce() {
		ClientCall<SayRequest, SayReply> call = new IdempotentCallRetry().interceptCall(EchoGrpc.getSayMethod(),
				CallOptions.DEFAULT, this.channel);
		call.start(this.answers, new Metadata());
		call.request(2);
		FakeCall<?, ?> attempt = this.channel.attempt(1);
		attempt.begin();
		assertThat(this.answers.seen).containsExactly("headers");
		attempt.message();
		assertThat(this.answers.seen).containsExactly("headers", "answer 1");
	}

	@Test
	void callThatAServerMayHaveSeenIsMadeAgainAfterAPause() {
		Executed executed = new Executed();
		start(CallOptions.DEFAULT.withExecutor(executed)).sendMessage(ME);
		this.channel.attempt(1).loseSent();
		assertThat(this.channel.attempts).hasSize(2);
		executed.next().run();
		assertThat(this.channel.attempt(2).steps).containsExactly("start", "request 2", "send");
		assertThat(this.channel.attempt(2).options.getOption(LostServer.ADDRESS)).isEqualTo(SERVER);
	}

	@Test
	void cancellingEndsAPause() {
		Executed executed = new Executed();
		ClientCall<SayRequest, SayReply> call = start(CallOptions.DEFAULT.withExecutor(executed));
		this.channel.attempt(1).loseSent();
		call.cancel("enough", null);
		assertThat(this.channel.attempt(2).steps).containsExactly("start", "cancel enough");
		executed.next().run();
		assertThat(this.channel.attempts).hasSize(3);
	}

	@Test
	void whatIsGivenInAPauseReachesTheNextAttempt() {
		Executed executed = new Executed();
		ClientCall<SayRequest, SayReply> call = start(CallOptions.DEFAULT.withExecutor(executed));
		this.channel.attempt(1).loseSent();
		call.sendMessage(ME);
		call.halfClose();
		executed.next().run();
		assertThat(this.channel.attempt(1).steps).containsExactly("start", "request 2");
		assertThat(this.channel.attempt(2).steps).containsExactly("start", "request 2", "send", "half-close");
	}

	@Test
	void callThatAPolicyHasMadeAgainIsNotMadeAgain() {
		giveAll();
		this.channel.attempt(0).loseAfter(3);
		assertThat(this.channel.attempts).hasSize(1);
		assertThat(this.answers.closed).extracting(Status::getCode).containsExactly(Status.Code.UNAVAILABLE);
	}

	@Test
	void callsAreNotMadeAgainBeyondTheBudgetUnlessNothingOfThemWasSent() {
		RetryBudget budget = new RetryBudget(() -> 0);
		while (budget.spend()) {
			continue;
		}
		IdempotentCallRetry retry = new IdempotentCallRetry(new RetryRules(budget, new RetryPause()));
		ClientCall<SayRequest, SayReply> call = retry.interceptCall(EchoGrpc.getLookMethod(), CallOptions.DEFAULT,
				this.channel);
		call.start(this.answers, new Metadata());
		this.channel.attempt(1).lose();
		this.channel.attempt(2).loseSent();
		assertThat(this.channel.attempts).hasSize(3);
		assertThat(this.answers.closed).extracting(Status::getCode).containsExactly(Status.Code.UNAVAILABLE);
	}

	@Test
	void callThatIsLostWhileItsCallerGivesItGetsEachStepOnce() throws Exception {
		ExecutorService connection = Executors.newSingleThreadExecutor();
		try {
			for (int i = 0; i < 5000; i++) {
				FakeChannel channel = new FakeChannel();
				ClientCall<SayRequest, SayReply> call = new IdempotentCallRetry()
					.interceptCall(EchoGrpc.getLookMethod(), CallOptions.DEFAULT, channel);
				call.start(this.answers, new Metadata());
				Future<?> lost = connection.submit(() -> {
					channel.attempt(0).lose();
					channel.attempt(1).lose();
				});
				call.request(2);
				call.sendMessage(ME);
				call.halfClose();
				lost.get(30, TimeUnit.SECONDS);
				assertThat(channel.attempt(2).steps).containsExactlyInAnyOrder("start", "request 2", "send",
						"half-close");
			}
		}
		finally {
			connection.shutdownNow();
		}
		assertThat(this.answers.closed).isEmpty();
	}

	private ClientCall<SayRequest, SayReply> start(CallOptions options) {
		ClientCall<SayRequest, SayReply> call = new IdempotentCallRetry().interceptCall(EchoGrpc.getLookMethod(),
				options, this.channel);
		call.start(this.answers, new Metadata());
		call.request(2);
		return call;
	}

	private void giveAll() {
		this.call.start(this.answers, new Metadata());
		this.call.request(2);
		this.call.sendMessage(ME);
		this.call.halfClose();
	}

	private static final class Answers extends ClientCall.Listener<SayReply> {

		private final List<Status> closed = new ArrayList<>();

		private final List<String> seen = new ArrayList<>();

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

	/** Has what it is to run taken from it. */
	private static final class Executed implements Executor {

		private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

		@Override
		public void execute(Runnable task) {
			this.tasks.add(task);
		}

		Runnable next() {
			try {
				return Objects.requireNonNull(this.tasks.poll(30, TimeUnit.SECONDS), "nothing was executed");
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	/** Gives calls that note their steps. */
	private static final class FakeChannel extends Channel {

		private final List<FakeCall<?, ?>> attempts = new CopyOnWriteArrayList<>();

		private final List<Reaction> reactions = new ArrayList<>();

		private boolean broken;

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

	private record Reaction(int attempt, String step, Consumer<FakeCall<?, ?>> reaction) {
	}

	private static final class FakeCall<Q, A> extends ClientCall<Q, A> {

		private final int index;

		private final CallOptions options;

		private final List<Reaction> reactions;

		private final List<String> steps = new CopyOnWriteArrayList<>();

		private @Nullable Listener<A> listener;

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
