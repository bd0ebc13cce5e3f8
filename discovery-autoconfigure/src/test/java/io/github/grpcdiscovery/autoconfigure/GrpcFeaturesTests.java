package io.github.grpcdiscovery.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import net.devh.boot.grpc.client.channelfactory.GrpcChannelConfigurer;
import net.devh.boot.grpc.server.interceptor.GrpcGlobalServerInterceptor;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientDefaultServiceConfigCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.server.GlobalServerInterceptor;

import io.github.grpcdiscovery.autoconfigure.GrpcStack.Application;
import io.github.grpcdiscovery.autoconfigure.GrpcStack.FieldClient;
import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoBlockingStub;
import io.github.grpcdiscovery.test.echo.SayReply;
import io.github.grpcdiscovery.test.echo.SayRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What gRPC and its stacks offer, on channels that are looked up in a registry: calls of
 * methods that are made again when a connection breaks, and of the others.
 */
@Timeout(600)
class GrpcFeaturesTests {

	private static final Metadata.Key<String> ENCODING = Metadata.Key.of("grpc-encoding",
			Metadata.ASCII_STRING_MARSHALLER);

	private static final String LONG = "x".repeat(5000);

	private final FakeRegistry registry = new FakeRegistry("fake");

	@ParameterizedTest
	@EnumSource
	void serversTellTheirServicesByReflection(GrpcStack stack) throws Exception {
		try (ConfigurableApplicationContext server = stack.server("one").on(this.registry).run();
				ConfigurableApplicationContext client = client(stack).run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(this.registry.registered()).hasSize(1);
			assertThat(Reflection.services(stack, echo(client).getChannel())).contains(EchoGrpc.SERVICE_NAME);
		}
	}

	@ParameterizedTest
	@EnumSource
	void callsAreCompressedBothWays(GrpcStack stack) {
		try (ConfigurableApplicationContext server = stack.server(new CompressingService())
			.on(this.registry)
			.sources(Encodings.class)
			.run(); ConfigurableApplicationContext client = client(stack).run()) {
			AtomicReference<Metadata> headers = new AtomicReference<>();
			EchoBlockingStub echo = echo(client).withCompression("gzip")
				.withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()));
			assertThat(echo.say(request(LONG)).getText()).isEqualTo(LONG);
			assertThat(headers.get().get(ENCODING)).isEqualTo("gzip");
			assertThat(echo.look(request(LONG)).getText()).isEqualTo(LONG);
			assertThat(headers.get().get(ENCODING)).isEqualTo("gzip");
			assertThat(server.getBean(Encodings.class).seen).contains("grpcdiscovery.test.Echo/Say gzip",
					"grpcdiscovery.test.Echo/Look gzip");
		}
	}

	@ParameterizedTest
	@EnumSource
	void timeoutOfAMethodConfigEndsACallThatIsNotAnswered(GrpcStack stack) {
		SilentService silent = new SilentService();
		try (ConfigurableApplicationContext server = stack.server(silent).on(this.registry).run();
				ConfigurableApplicationContext client = configured(stack, Map.of("timeout", "2s")).run()) {
			assertThat(server.isActive()).isTrue();
			EchoBlockingStub echo = client.getBean(FieldClient.class).echo;
			assertThat(codeOf(() -> echo.say(request("")))).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
			assertThat(codeOf(() -> echo.look(request("")))).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
			// one that was late already when it was sent did not arrive
			assertThat(silent.calls).hasPositiveValue().hasValueLessThanOrEqualTo(2);
		}
	}

	@ParameterizedTest
	@EnumSource
	void waitForReadyOfAMethodConfigLetsACallWaitForTheFirstServer(GrpcStack stack) throws Exception {
		try (ConfigurableApplicationContext client = configured(stack, Map.of("waitForReady", true)).run()) {
			EchoGrpc.EchoFutureStub echo = EchoGrpc.newFutureStub(client.getBean(FieldClient.class).echo.getChannel());
			ListenableFuture<SayReply> say = echo.say(request(""));
			ListenableFuture<SayReply> look = echo.look(request(""));
			try (ConfigurableApplicationContext server = stack.server("one").on(this.registry).run()) {
				assertThat(server.isActive()).isTrue();
				assertThat(say.get(60, TimeUnit.SECONDS).getText()).isEqualTo("one");
				assertThat(look.get(60, TimeUnit.SECONDS).getText()).isEqualTo("one");
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void answerAboveTheLimitOfTheClientEndsTheCall(GrpcStack stack) {
		RepeatingService large = new RepeatingService();
		try (ConfigurableApplicationContext server = stack.server(large).on(this.registry).run();
				ConfigurableApplicationContext client = client(stack).with(stack.clientLimit("echo", "2KB")).run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(echo(client).say(request("short")).getText()).isEqualTo("short");
			assertThat(codeOf(() -> echo(client).say(request(LONG)))).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(codeOf(() -> echo(client).look(request(LONG)))).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(large.calls).hasValue(3);
		}
	}

	@ParameterizedTest
	@EnumSource
	void requestAboveTheLimitOfTheServerEndsTheCall(GrpcStack stack) {
		try (ConfigurableApplicationContext server = stack.server("one")
			.on(this.registry)
			.with(stack.serverLimit("2KB"))
			.run(); ConfigurableApplicationContext client = client(stack).run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(echo(client).say(request("short")).getText()).isEqualTo("one");
			assertThat(codeOf(() -> echo(client).say(request(LONG)))).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(codeOf(() -> echo(client).look(request(LONG)))).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		}
	}

	private Application client(GrpcStack stack) {
		return stack.client(FieldClient.class).on(this.registry);
	}

	private Application configured(GrpcStack stack, Map<String, ?> settings) {
		Map<String, Object> method = new ConcurrentHashMap<>(settings);
		method.put("name", List.of(Map.of("service", EchoGrpc.SERVICE_NAME)));
		List<Map<String, ?>> methods = List.of(method);
		return switch (stack) {
			case NET_DEVH -> client(stack).bean(GrpcChannelConfigurer.class,
					(builder, name) -> builder.defaultServiceConfig(Map.of("methodConfig", methods)));
			case SPRING_BOOT -> client(stack).bean(GrpcClientDefaultServiceConfigCustomizer.class,
					(target, config) -> config.put("methodConfig", methods));
		};
	}

	private static EchoBlockingStub echo(ConfigurableApplicationContext client) {
		return client.getBean(FieldClient.class).echo.withWaitForReady().withDeadlineAfter(60, TimeUnit.SECONDS);
	}

	private static SayRequest request(String text) {
		return SayRequest.newBuilder().setText(text).build();
	}

	private static Status.Code codeOf(Runnable call) {
		return Status.fromThrowable(catchThrowable(call::run)).getCode();
	}

	/** Answers what it was asked. */
	static class RepeatingService extends EchoService {

		private final AtomicInteger calls = new AtomicInteger();

		@Override
		public void say(SayRequest request, StreamObserver<SayReply> replies) {
			this.calls.incrementAndGet();
			replies.onNext(SayReply.newBuilder().setText(request.getText()).build());
			replies.onCompleted();
		}

	}

	/** Answers what it was asked, compressed. */
	static final class CompressingService extends RepeatingService {

		@Override
		public void say(SayRequest request, StreamObserver<SayReply> replies) {
			((ServerCallStreamObserver<SayReply>) replies).setCompression("gzip");
			super.say(request, replies);
		}

	}

	/** Never answers. */
	static final class SilentService extends EchoService {

		private final AtomicInteger calls = new AtomicInteger();

		@Override
		public void say(SayRequest request, StreamObserver<SayReply> replies) {
			this.calls.incrementAndGet();
		}

	}

	/** Remembers how requests are compressed. */
	@GlobalServerInterceptor
	@GrpcGlobalServerInterceptor
	static class Encodings implements ServerInterceptor {

		private final Set<String> seen = ConcurrentHashMap.newKeySet();

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			this.seen.add(call.getMethodDescriptor().getFullMethodName() + " " + headers.get(ENCODING));
			return next.startCall(call, headers);
		}

	}

	/**
	 * Asks a server for its services, in the version of the protocol that the stack has.
	 */
	private static final class Reflection {

		private Reflection() {
		}

		static List<String> services(GrpcStack stack, Channel channel) throws Exception {
			return switch (stack) {
				case NET_DEVH -> {
					var request = io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder().setListServices("");
					Answer<io.grpc.reflection.v1alpha.ServerReflectionResponse> answer = new Answer<>();
					answer.ask(io.grpc.reflection.v1alpha.ServerReflectionGrpc.newStub(channel)
						.serverReflectionInfo(answer), request.build());
					yield answer.get()
						.getListServicesResponse()
						.getServiceList()
						.stream()
						.map(io.grpc.reflection.v1alpha.ServiceResponse::getName)
						.toList();
				}
				case SPRING_BOOT -> {
					var request = io.grpc.reflection.v1.ServerReflectionRequest.newBuilder().setListServices("");
					Answer<io.grpc.reflection.v1.ServerReflectionResponse> answer = new Answer<>();
					answer.ask(io.grpc.reflection.v1.ServerReflectionGrpc.newStub(channel).serverReflectionInfo(answer),
							request.build());
					yield answer.get()
						.getListServicesResponse()
						.getServiceList()
						.stream()
						.map(io.grpc.reflection.v1.ServiceResponse::getName)
						.toList();
				}
			};
		}

	}

	private static final class Answer<T> implements StreamObserver<T> {

		private final CompletableFuture<T> first = new CompletableFuture<>();

		<Q> void ask(StreamObserver<Q> requests, Q request) {
			requests.onNext(request);
			requests.onCompleted();
		}

		T get() throws Exception {
			return this.first.get(60, TimeUnit.SECONDS);
		}

		@Override
		public void onNext(T answer) {
			this.first.complete(answer);
		}

		@Override
		public void onError(Throwable error) {
			this.first.completeExceptionally(error);
		}

		@Override
		public void onCompleted() {
			this.first.completeExceptionally(new IllegalStateException("no answer"));
		}

	}

}
