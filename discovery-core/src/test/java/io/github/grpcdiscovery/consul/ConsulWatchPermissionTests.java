package io.github.grpcdiscovery.consul;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.consul.ConsulApi.ReadPermission;
import io.github.grpcdiscovery.test.RecordingListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Lists of which our token may not read everything.
 */
class ConsulWatchPermissionTests extends ConsulWatchFixture {

	@Test
	void permissionIsAskedOfTheDatacenterThatIsFollowed() {
		discovery(ConsulQuery.builder().datacenter("dc2").build()).watch("orders", new RecordingListener());
		run();
		answerWith(FakeConsulApi.oldAnswer(10));
		assertThat(this.api.permissionQuestions).isEqualTo(1);
		assertThat(this.api.datacenterAskedAbout).isEqualTo("dc2");
	}

	@Test
	void emptyListOfATokenThatMayNotReadIsNotBelieved() {
		run();
		answerWith(answer(20, 1));
		this.api.readPermission = ReadPermission.SERVICE_DENIED;
		answerWith(answer(20, true, true));
		assertThat(ports()).containsExactly(1);
		assertThat(status().connected()).isFalse();
		assertThat(status().lastError()).contains("may not read service 'orders'", "service:read");
	}

	@Test
	void olderConsulIsAskedWhetherTheTokenMayRead() {
		run();
		answerWith(answer(20, 1));
		this.api.readPermission = ReadPermission.SERVICE_DENIED;
		this.scheduler.advance(Duration.ofSeconds(55));
		answerWith(answer(20));
		assertThat(ports()).containsExactly(1);
		assertThat(status().lastError()).contains("may not read service 'orders'");
		// tried again at long intervals only, and healed when the token is
		this.scheduler.advance(Duration.ofSeconds(29));
		assertThat(this.api.isAsked()).isFalse();
		this.scheduler.advance(Duration.ofSeconds(31));
		this.api.readPermission = ReadPermission.GRANTED;
		answerWith(answer(20, 1, 2));
		assertThat(ports()).containsExactly(1, 2);
		assertThat(status().connected()).isTrue();
	}

	@Test
	void firstListOfATokenThatMayNotReadIsAnError() {
		this.api.readPermission = ReadPermission.SERVICE_DENIED;
		run();
		answerWith(answer(20));
		assertThat(this.listener.lists()).isEmpty();
		assertThat(this.listener.unavailable()).singleElement().isInstanceOf(RegistryAccessException.class);
	}

	@Test
	void consulThatDoesNotTellPermissionsIsBelieved() {
		this.api.readPermission = ReadPermission.UNKNOWN;
		run();
		answerWith(answer(20));
		assertThat(ports()).isEmpty();
		answerWith(answer(21));
		assertThat(this.api.permissionQuestions).as("an empty list that stays loses nothing").isEqualTo(1);
	}

	@Test
	void refusedTokenIsTriedAgainAtLongIntervals() {
		run();
		answerWith(answer(20, 1));
		this.api.query().fail(new RegistryAccessException("consul: 403", null));
		this.scheduler.advance(Duration.ofSeconds(29));
		assertThat(this.api.isAsked()).isFalse();
		this.scheduler.advance(Duration.ofSeconds(31));
		assertThat(this.api.isAsked()).isTrue();
		assertThat(ports()).containsExactly(1);
	}

}
