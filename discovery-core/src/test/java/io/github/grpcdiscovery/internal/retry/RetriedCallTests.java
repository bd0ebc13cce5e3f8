package io.github.grpcdiscovery.internal.retry;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayReply;
import io.github.grpcdiscovery.test.echo.SayRequest;

import static org.assertj.core.api.Assertions.assertThat;

class RetriedCallTests extends RetriedCallFixture {

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

}
