package io.github.grpcdiscovery.autoconfigure.inject;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.stub.AbstractStub;
import org.junit.jupiter.api.Test;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.github.grpcdiscovery.autoconfigure.FailureAnalyses;
import io.github.grpcdiscovery.spring.GrpcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Mistakes with the annotation, and what the messages say.
 */
class GrpcClientInjectionErrorTests extends GrpcClientInjectionFixture {

	@Test
	void otherTypesAreAnErrorThatNamesThePlace() {
		assertThat(failure(WrongType.class)).startsWith("@GrpcClient on field 'text' of " + WrongType.class.getName()
				+ ": type: 'java.lang.String' (expected: ");
		assertThat(failure(AbstractType.class)).contains("type: 'io.grpc.stub.AbstractStub' (expected: a stub ");
		assertThat(failure(WrongParameter.class)).startsWith("@GrpcClient on parameter 2 of the constructor of ")
			.contains("type: 'io.grpc.ManagedChannel'");
	}

	@Test
	void otherMistakesAreErrorsToo() {
		assertThat(failure(NoName.class)).contains("value: '' (expected: the name of a service or of a channel)");
		assertThat(failure(TwoParameters.class)).startsWith("@GrpcClient on parameter 1 of method 'set' of ")
			.contains("parameters: '2' (expected: 1 parameter");
		assertThat(failure(WrongInterceptor.class))
			.contains("interceptors: 'java.lang.String' (expected: types of io.grpc.ClientInterceptor)");
		assertThat(failure(AmbiguousInterceptor.class)).contains("name the beans meant in interceptorNames");
		assertThat(failure(UnmadeInterceptor.class)).contains("or a constructor without parameters");
		assertThat(failure(UnknownInterceptor.class)).contains("interceptorNames: 'nobody' (expected: names of beans");
	}

	@Test
	void withoutAGrpcClientItSaysWhatIsMissing() {
		this.runner.withBean(ByConstructor.class)
			.withPropertyValues("spring.grpc.client.enabled=false")
			.run((context) -> assertThat(FailureAnalyses.of(context.getStartupFailure()))
				.contains("there is no gRPC client in this application.")
				.contains("Action: Add spring-boot-starter-grpc-client"));
	}

	private String failure(Class<?> bean) {
		StringBuilder failure = new StringBuilder();
		this.runner.withBean("one", OtherRecorder.class)
			.withBean("two", OtherRecorder.class)
			.withBean(bean)
			.run((context) -> failure.append(FailureAnalyses.of(context.getStartupFailure())));
		return failure.toString();
	}

	static final class Needy extends Recorder {

		Needy(String need) {
		}

	}

	static class WrongType {

		@GrpcClient("echo")
		String text;

	}

	static class AbstractType {

		@GrpcClient("echo")
		AbstractStub<?> stub;

	}

	static class WrongParameter {

		WrongParameter(GrpcChannelFactory factory, @GrpcClient("echo") ManagedChannel channel) {
		}

	}

	static class NoName {

		@GrpcClient("")
		Channel channel;

	}

	static class TwoParameters {

		@GrpcClient("echo")
		void set(Channel channel, GrpcChannelFactory factory) {
		}

	}

	static class WrongInterceptor {

		@GrpcClient(value = "echo", interceptors = String.class)
		Channel channel;

	}

	static class AmbiguousInterceptor {

		@GrpcClient(value = "echo", interceptors = OtherRecorder.class)
		Channel channel;

	}

	static class UnmadeInterceptor {

		@GrpcClient(value = "echo", interceptors = Needy.class)
		Channel channel;

	}

	static class UnknownInterceptor {

		@GrpcClient(value = "echo", interceptorNames = "nobody")
		Channel channel;

	}

}
