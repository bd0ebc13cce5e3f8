package io.github.grpcdiscovery.internal.retry;

import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
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

/**
 * The pause before a retry, and what forbids one.
 */
class RetriedCallLimitsTests extends RetriedCallFixture {

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

}
