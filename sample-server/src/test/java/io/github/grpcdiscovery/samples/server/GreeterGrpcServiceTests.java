package io.github.grpcdiscovery.samples.server;

import java.time.Duration;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.samples.api.GreeterGrpc;
import io.github.grpcdiscovery.samples.api.HelloReply;
import io.github.grpcdiscovery.samples.api.HelloRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link GreeterGrpcService}.
 */
class GreeterGrpcServiceTests {

	@Test
	void greetsAndSaysWhoAnswered() throws Exception {
		HelloReply reply = sayHello("World", Duration.ZERO);
		assertThat(reply.getMessage()).isEqualTo("Hello, World!");
		assertThat(reply.getServedBy()).endsWith("(pid " + ProcessHandle.current().pid() + ")");
	}

	@Test
	void answersAfterTheDelay() throws Exception {
		long begin = System.nanoTime();
		assertThat(sayHello("World", Duration.ofMillis(50)).getMessage()).isEqualTo("Hello, World!");
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(50));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "  " })
	void refusesAnEmptyName(String name) {
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> sayHello(name, Duration.ZERO))
			.satisfies((ex) -> {
				assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
				assertThat(ex.getStatus().getDescription())
					.isEqualTo("name: %d characters (expected: 1 to 100, not all blank)".formatted(name.length()));
			});
	}

	@Test
	void aNegativeDelayIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new SampleProperties(Duration.ofSeconds(-1)))
			.withMessage("sample.delay: PT-1S (expected: 0 or more)");
	}

	private HelloReply sayHello(String name, Duration delay) throws Exception {
		Answers answers = new Answers(new SampleProperties(delay));
		try (InProcess server = new InProcess(new GreeterGrpcService(answers))) {
			return GreeterGrpc.newBlockingStub(server.channel())
				.sayHello(HelloRequest.newBuilder().setName(name).build());
		}
	}

}
