package io.github.grpcdiscovery.internal.retry;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayReply;
import io.github.grpcdiscovery.test.echo.SayRequest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When the caller of a call that may be retried gets the parts of its answer.
 */
class RetriedCallAnswerTests extends RetriedCallFixture {

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

}
