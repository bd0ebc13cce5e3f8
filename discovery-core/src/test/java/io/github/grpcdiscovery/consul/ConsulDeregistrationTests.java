package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.RegistrationStatus.State;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An instance leaves the agent.
 */
class ConsulDeregistrationTests extends ConsulRegistrationFixture {

	@Test
	void deregistersOnTheAgent() {
		registered();
		CompletableFuture<Boolean> left = leave();
		this.api.next("service").json(200, held());
		FakeConsulApi.Operation deregister = this.api.next("deregister");
		assertThat(deregister.argument()).isEqualTo(ID);
		deregister.status(200);
		run();
		assertThat(left).isCompletedWithValue(true);
		this.scheduler.advance(Duration.ofMinutes(10));
		assertThat(this.api.operations).isEmpty();
	}

	@Test
	void whatIsGoneAlreadyNeedsNoDeregistration() {
		registered();
		CompletableFuture<Boolean> left = leave();
		answer("service", 404);
		assertThat(left).isCompletedWithValue(true);
		assertThat(this.api.operations).isEmpty();
	}

	@Test
	void whatGoesInTheMeantimeIsGone() {
		registered();
		CompletableFuture<Boolean> left = leave();
		this.api.next("service").json(200, held());
		answer("deregister", 404);
		assertThat(left).isCompletedWithValue(true);
	}

	@Test
	void whatAnotherProcessHoldsStays() {
		this.api.next("service").json(200, foreign("10.0.0.2", 9091));
		run();
		this.api.next("health").json(200, Map.of("AggregatedStatus", "passing"));
		run();
		CompletableFuture<Boolean> left = leave();
		this.api.next("service").json(200, foreign("10.0.0.2", 9091));
		run();
		assertThat(left).isCompletedWithValue(true);
		assertThat(this.api.operations).isEmpty();
	}

	@Test
	void registrationOnItsWayIsWaitedForAndTakenOut() {
		answer("service", 404);
		FakeConsulApi.Operation write = this.api.next("register");
		CompletableFuture<Boolean> left = leave();
		assertThat(this.api.operations).as("nothing overtakes the registration").isEmpty();
		write.status(200);
		run();
		this.api.next("service").json(200, held());
		answer("deregister", 200);
		assertThat(left).isCompletedWithValue(true);
		this.scheduler.advance(Duration.ofMinutes(10));
		assertThat(this.api.operations).isEmpty();
	}

	@Test
	void registrationThatFailsOnItsWayIsTakenOutAllTheSame() {
		answer("service", 404);
		FakeConsulApi.Operation write = this.api.next("register");
		CompletableFuture<Boolean> left = leave();
		write.fail();
		run();
		this.api.next("service").json(200, held());
		answer("deregister", 200);
		assertThat(left).isCompletedWithValue(true);
	}

	@Test
	void agentThatIsAwayIsNotWaitedFor() {
		registered();
		CompletableFuture<Boolean> left = leave();
		fail("service");
		assertThat(left).isCompletedWithValue(false);
		assertState(State.DEREGISTERED);
	}

}
