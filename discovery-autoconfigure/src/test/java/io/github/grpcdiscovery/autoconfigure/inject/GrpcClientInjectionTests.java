package io.github.grpcdiscovery.autoconfigure.inject;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.client.StubFactory;

import io.github.grpcdiscovery.spring.GrpcClient;
import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoBlockingStub;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoBlockingV2Stub;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoFutureStub;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoStub;
import io.github.grpcdiscovery.test.echo.SayRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class GrpcClientInjectionTests extends GrpcClientInjectionFixture {

	@Test
	void stubsOfAllKindsAndChannelsAreInjectedIntoFields() {
		this.runner.withBean(AllKinds.class)
			.run((context) -> assertThat(context.getBean(AllKinds.class)).hasNoNullFieldsOrProperties());
	}

	@Test
	void stubsOfOtherCodeGeneratorsAreInjected() {
		this.runner.withBean(OtherGenerators.class)
			.run((context) -> assertThat(context.getBean(OtherGenerators.class)).hasNoNullFieldsOrProperties());
	}

	@Test
	void constructorsMethodsAndFactoryMethodsHaveThemInjected() {
		this.runner.withUserConfiguration(FactoryMethods.class)
			.withBean(ByConstructor.class)
			.withBean(ByAnnotatedConstructor.class)
			.withBean(ByRecord.class)
			.withBean(ByMethods.class)
			.run((context) -> {
				assertThat(context.getBean(ByConstructor.class).stub).isNotNull();
				assertThat(context.getBean(ByAnnotatedConstructor.class).stub).isNotNull();
				assertThat(context.getBean(ByRecord.class).stub()).isNotNull();
				assertThat(context.getBean(ByMethods.class)).hasNoNullFieldsOrProperties();
				assertThat(context.getBean("made")).isInstanceOf(String.class);
			});
	}

	@Test
	void annotationsAndProvidersOfItWork() {
		this.runner.withBean(Indirect.class).run((context) -> {
			Indirect indirect = context.getBean(Indirect.class);
			assertThat(indirect.composed).isNotNull();
			assertThat(indirect.provider.getObject()).isNotNull();
			assertThat(indirect.placeholder.authority()).isEqualTo("from-a-placeholder");
		});
	}

	@Test
	void whatIsNotAnnotatedIsInjectedAsEver() {
		this.runner.withBean(String.class, () -> "text")
			.withBean(NotAnnotated.class)
			.run((context) -> assertThat(context.getBean(NotAnnotated.class).text).isEqualTo("text"));
		this.runner.withBean(NotAnnotated.class)
			.run((context) -> assertThat(context).getFailure().isInstanceOf(UnsatisfiedDependencyException.class));
	}

	@Test
	void channelsAreSharedByNameAndClosedWithTheContext() {
		List<ManagedChannel> channels = new CopyOnWriteArrayList<>();
		this.runner.withBean(AllKinds.class).withBean(Intercepted.class).run((context) -> {
			AllKinds kinds = context.getBean(AllKinds.class);
			assertThat(kinds.blocking.getChannel()).isSameAs(kinds.channel).isSameAs(kinds.async.getChannel());
			assertThat(context.getBean(Intercepted.class).channel).isNotSameAs(kinds.channel);
			channels.add(managed(kinds.channel));
			channels.add(managed(context.getBean(Intercepted.class).channel));
		});
		assertThat(channels).hasSize(2).allMatch(ManagedChannel::isTerminated);
	}

	private static ManagedChannel managed(Channel channel) {
		return (ManagedChannel) channel;
	}

	@Test
	void interceptorsAreBeansOrMade() {
		Recorder bean = new Recorder();
		Recorder named = new Recorder();
		this.runner.withBean(OtherRecorder.class)
			.withBean("recorder", Recorder.class, () -> bean, (definition) -> definition.setPrimary(true))
			.withBean("named", Recorder.class, () -> named)
			.withBean(Interceptors.class)
			.run((context) -> {
				Interceptors interceptors = context.getBean(Interceptors.class);
				call(interceptors.byType);
				assertThat(bean.calls).hasSize(1);
				call(interceptors.byName);
				assertThat(named.calls).hasSize(1);
				Made.calls.clear();
				call(interceptors.made);
				assertThat(Made.calls).hasSize(1);
			});
	}

	private static void call(EchoBlockingStub stub) {
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> stub.say(SayRequest.getDefaultInstance()));
	}

	@Test
	void stubFactoryOfTheUserIsAsked() {
		this.runner.withBean(EchoFactory.class).withBean(AllKinds.class).run((context) -> {
			assertThat(context.getBean(EchoFactory.class).asked).isEqualTo(1);
			assertThat(context.getBean(AllKinds.class).future).isNotNull();
		});
	}

	static class AllKinds {

		@GrpcClient("echo")
		EchoBlockingStub blocking;

		@GrpcClient("echo")
		EchoBlockingV2Stub blockingV2;

		@GrpcClient("echo")
		EchoFutureStub future;

		@GrpcClient("echo")
		private EchoStub async;

		@GrpcClient("echo")
		Channel channel;

	}

	static class OtherGenerators {

		@GrpcClient("echo")
		RxEchoGrpc.RxEchoStub rx;

		@GrpcClient("echo")
		EchoCoroutineStub coroutine;

	}

	/** As reactive-grpc generates it for RxJava and, by other names, for Reactor. */
	public static final class RxEchoGrpc {

		private RxEchoGrpc() {
		}

		public static RxEchoStub newRxStub(Channel channel) {
			return new RxEchoStub(channel, CallOptions.DEFAULT);
		}

		public static final class RxEchoStub extends AbstractStub<RxEchoStub> {

			private RxEchoStub(Channel channel, CallOptions options) {
				super(channel, options);
			}

			@Override
			protected RxEchoStub build(Channel channel, CallOptions options) {
				return new RxEchoStub(channel, options);
			}

		}

	}

	/** As grpc-kotlin generates it. */
	public static final class EchoCoroutineStub extends AbstractStub<EchoCoroutineStub> {

		EchoCoroutineStub(Channel channel) {
			this(channel, CallOptions.DEFAULT);
		}

		EchoCoroutineStub(Channel channel, CallOptions options) {
			super(channel, options);
		}

		@Override
		protected EchoCoroutineStub build(Channel channel, CallOptions options) {
			return new EchoCoroutineStub(channel, options);
		}

	}

	static class ByAnnotatedConstructor {

		private final EchoBlockingStub stub;

		ByAnnotatedConstructor() {
			throw new IllegalStateException();
		}

		@Autowired
		ByAnnotatedConstructor(@GrpcClient("echo") EchoBlockingStub stub, GrpcChannelFactory factory) {
			this.stub = stub;
		}

	}

	record ByRecord(@GrpcClient("echo") EchoBlockingStub stub) {
	}

	static class ByMethods {

		private EchoBlockingStub method;

		private EchoBlockingStub parameter;

		@GrpcClient("echo")
		private void setMethod(EchoBlockingStub method) {
			this.method = method;
		}

		@Autowired
		void setParameter(@GrpcClient("echo") EchoBlockingStub parameter, GrpcChannelFactory factory) {
			this.parameter = parameter;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FactoryMethods {

		@Bean
		String made(@GrpcClient("echo") EchoBlockingStub stub) {
			return stub.toString();
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@GrpcClient("echo")
	@interface Echo {

	}

	static class Indirect {

		@Echo
		EchoBlockingStub composed;

		@GrpcClient("echo")
		ObjectProvider<EchoBlockingStub> provider;

		@GrpcClient("${name}")
		Channel placeholder;

	}

	static class NotAnnotated {

		private final String text;

		NotAnnotated(String text) {
			this.text = text;
		}

	}

	static class Interceptors {

		@GrpcClient(value = "echo", interceptors = Recorder.class)
		EchoBlockingStub byType;

		@GrpcClient(value = "echo", interceptorNames = "named", sortInterceptors = true)
		EchoBlockingStub byName;

		@GrpcClient(value = "echo", interceptors = Made.class)
		EchoBlockingStub made;

	}

	static class Intercepted {

		@GrpcClient(value = "echo", interceptors = Made.class)
		Channel channel;

	}

	static final class Made implements ClientInterceptor {

		static final List<String> calls = new CopyOnWriteArrayList<>();

		@Override
		public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
			calls.add(method.getFullMethodName());
			return next.newCall(method, options);
		}

	}

	static final class EchoFactory implements StubFactory<EchoFutureStub> {

		private int asked;

		@Override
		public EchoFutureStub create(Supplier<ManagedChannel> channel, Class<? extends EchoFutureStub> type) {
			this.asked++;
			return EchoGrpc.newFutureStub(channel.get());
		}

	}

}
