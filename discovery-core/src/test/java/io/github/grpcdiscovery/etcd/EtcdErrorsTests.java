package io.github.grpcdiscovery.etcd;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;

import io.grpc.Status;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EtcdErrorsTests {

	private static final String REFUSED = "etcd (x): list 'orders/' failed: UNAVAILABLE: io exception (Connection refused: /127.0.0.1:2379)";

	private final EtcdErrors errors = new EtcdErrors("etcd (x)", null);

	@Test
	void callThatIsLateSaysWhyThereWasNoConnection() {
		assertThat(message(refused())).isEqualTo(REFUSED);
		assertThat(message(late())).isEqualTo(REFUSED);
		assertThat(message(Status.UNAVAILABLE.withDescription("Channel shutdownNow invoked"))).isEqualTo(REFUSED);
		assertThat(message(late())).isEqualTo(REFUSED);
	}

	@Test
	void callThatWaitedInVainSaysWhy() {
		String waited = "Deadline CallOptions was exceeded after 4.99s. Name resolution delay 0 seconds. "
				+ "[closed=[UNAVAILABLE], wait_for_ready, last pick: Status{code=UNAVAILABLE, description=io exception, "
				+ "cause=java.net.ConnectException: Connection refused: /127.0.0.1:2379\nCaused by: x\n\tat y";
		String expected = "etcd (x): list 'orders/' failed: DEADLINE_EXCEEDED: no connection: java.net.ConnectException: Connection refused: /127.0.0.1:2379";
		assertThat(message(Status.DEADLINE_EXCEEDED.withDescription(waited))).isEqualTo(expected);
		assertThat(message(late())).isEqualTo(expected);
	}

	@Test
	void whatIsOverIsNotSaidAgain() {
		message(refused());
		this.errors.answered();
		assertThat(message(late())).endsWith("DEADLINE_EXCEEDED: " + late().getDescription());
		message(refused());
		message(Status.DEADLINE_EXCEEDED.withDescription("deadline exceeded after 5s. [remote_addr=/127.0.0.1:2379]"));
		assertThat(message(late())).endsWith("DEADLINE_EXCEEDED: " + late().getDescription());
	}

	@Test
	void firstConnectionThatIsHungUpAsksForTls() {
		Status reset = Status.UNAVAILABLE.withDescription("io exception")
			.withCause(new IOException("recvAddress(..) failed with error(-104): Connection reset by peer"));
		assertThat(message(reset)).contains("Connection reset by peer", "(does this endpoint speak TLS?");
		assertThat(message(Status.UNAVAILABLE.withCause(new ClosedChannelException())))
			.contains("(does this endpoint speak TLS?");
		assertThat(message(refused())).doesNotContain("TLS");
		this.errors.answered();
		assertThat(message(reset)).doesNotContain("TLS");
	}

	private String message(Status status) {
		return String.valueOf(this.errors.translate("list 'orders/'", status.asRuntimeException()).getMessage());
	}

	private static Status refused() {
		return Status.UNAVAILABLE.withDescription("io exception")
			.withCause(new ConnectException("Connection refused: /127.0.0.1:2379"));
	}

	private static Status late() {
		return Status.DEADLINE_EXCEEDED
			.withDescription("ClientCall started after CallOptions deadline was exceeded -3.704112000 seconds ago");
	}

}
