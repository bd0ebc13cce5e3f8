package io.github.grpcdiscovery.internal.retry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayReply;
import io.github.grpcdiscovery.test.echo.SayRequest;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.TcpProxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class IdempotentCallRetryTests {

	private static final Metadata.Key<String> TRACE = Metadata.Key.of("trace", Metadata.ASCII_STRING_MARSHALLER);

	private final Echo echo = new Echo();

	private final Server server = started(this.echo);

	private final TcpProxy proxy = TcpProxy.to(this.server.getPort());

	private final ManagedChannel channel = channelTo(this.proxy.port());

	@AfterEach
	void close() {
		this.channel.shutdownNow();
		this.proxy.close();
		this.server.shutdownNow();
	}

	@Test
	void callIsMadeAgainIfItsConnectionBreaks() {
		this.echo.next((replies) -> this.proxy.cut());
		this.echo.next((replies) -> answer(replies, "again"));
		assertThat(EchoGrpc.newBlockingStub(this.channel).withWaitForReady().look(request("me")).getText())
			.isEqualTo("again");
		assertThat(this.echo.requests).containsExactly("me", "me");
	}

	@Test
	void headersAreSentAgainOnce() {
		this.echo.next((replies) -> this.proxy.cut());
		this.echo.next((replies) -> answer(replies, "again"));
		Metadata headers = new Metadata();
		headers.put(TRACE, "4711");
		EchoGrpc.newBlockingStub(this.channel)
			.withWaitForReady()
			.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
			.look(request("me"));
		assertThat(this.echo.traces).containsExactly("4711", "4711");
	}

	@Test
	void callOfAnyOtherMethodFails() {
		this.echo.next((replies) -> this.proxy.cut());
		assertThat(failure(() -> EchoGrpc.newBlockingStub(this.channel).withWaitForReady().say(request("me"))))
			.isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(this.echo.requests).containsExactly("me");
	}

	@Test
	void answerIsNotAskedForAgainBeItAnError() {
		this.echo.next((replies) -> replies.onError(Status.UNAVAILABLE.asRuntimeException()));
		assertThat(failure(() -> EchoGrpc.newBlockingStub(this.channel).look(request("me"))))
			.isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(this.echo.requests).containsExactly("me");
	}

	@Test
	void callThatFindsNoServerFailsAtOnce() {
		this.proxy.refuse();
		assertThat(failure(() -> EchoGrpc.newBlockingStub(this.channel).look(request("me"))))
			.isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(this.proxy.connections()).isLessThanOrEqualTo(1);
	}

	@Test
	void callIsMadeThreeTimesAtMost() {
		for (int i = 0; i < 3; i++) {
			this.echo.next((replies) -> this.proxy.cut());
		}
		assertThat(failure(() -> EchoGrpc.newBlockingStub(this.channel).withWaitForReady().look(request("me"))))
			.isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(this.echo.requests).containsExactly("me", "me", "me");
	}

	@Test
	void policyOfTheServiceConfigMakesItAgainAlone() {
		ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", this.proxy.port())
			.usePlaintext()
			.defaultServiceConfig(Map.of("methodConfig",
					List.of(Map.of("name", List.of(Map.of()), "retryPolicy",
							Map.of("maxAttempts", 4.0, "initialBackoff", "0.001s", "maxBackoff", "0.001s",
									"backoffMultiplier", 1.0, "retryableStatusCodes", List.of("UNAVAILABLE"))))))
			.intercept(new IdempotentCallRetry())
			.build();
		try {
			for (int i = 0; i < 4; i++) {
				this.echo.next((replies) -> this.proxy.cut());
			}
			assertThat(failure(() -> EchoGrpc.newBlockingStub(channel).withWaitForReady().look(request("me"))))
				.isEqualTo(Status.Code.UNAVAILABLE);
			assertThat(this.echo.requests).containsExactly("me", "me", "me", "me");
		}
		finally {
			channel.shutdownNow();
		}
	}

	@Test
	void deadlineIsThatOfTheFirstAttempt() {
		this.echo.next((replies) -> this.proxy.cut());
		this.echo.next((replies) -> {
			// never
		});
		assertThat(failure(() -> EchoGrpc.newBlockingStub(this.channel)
			.withWaitForReady()
			.withDeadlineAfter(2, TimeUnit.SECONDS)
			.look(request("me")))).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
	}

	@Test
	void cancellingEndsTheAttemptThatIsUnderWay() {
		List<StreamObserver<SayReply>> second = new ArrayList<>();
		this.echo.next((replies) -> this.proxy.cut());
		this.echo.next(second::add);
		ListenableFuture<SayReply> reply = EchoGrpc.newFutureStub(this.channel).withWaitForReady().look(request("me"));
		Conditions.await().until(() -> this.echo.requests.size() == 2);
		assertThat(reply.cancel(true)).isTrue();
		Conditions.await().until(() -> this.echo.cancelled.get() == 2);
	}

	@Test
	void streamIsNotBegunAgain() {
		Iterator<SayReply> replies = EchoGrpc.newBlockingStub(this.channel).withWaitForReady().watch(request("me"));
		assertThat(replies.next().getText()).isEqualTo("me");
		this.proxy.cut();
		assertThat(failure(replies::next)).isEqualTo(Status.Code.UNAVAILABLE);
	}

	private static Status.Code failure(Runnable call) {
		return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus().getCode();
	}

	private static SayRequest request(String text) {
		return SayRequest.newBuilder().setText(text).build();
	}

	private static void answer(StreamObserver<SayReply> replies, String text) {
		replies.onNext(SayReply.newBuilder().setText(text).build());
		replies.onCompleted();
	}

	private static Server started(Echo echo) {
		try {
			return NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
				.addService(echo)
				.intercept(echo)
				.build()
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static ManagedChannel channelTo(int port) {
		return NettyChannelBuilder.forAddress("127.0.0.1", port)
			.usePlaintext()
			.intercept(new IdempotentCallRetry())
			.build();
	}

	/** Does with each request what is next to do. */
	private static final class Echo extends EchoGrpc.EchoImplBase implements ServerInterceptor {

		private final Queue<Consumer<StreamObserver<SayReply>>> next = new ConcurrentLinkedQueue<>();

		private final Queue<String> requests = new ConcurrentLinkedQueue<>();

		private final Queue<String> traces = new ConcurrentLinkedQueue<>();

		private final AtomicInteger cancelled = new AtomicInteger();

		void next(Consumer<StreamObserver<SayReply>> next) {
			this.next.add(next);
		}

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> handler) {
			Iterable<String> traces = headers.getAll(TRACE);
			if (traces != null) {
				this.traces.add(String.join(",", traces));
			}
			return handler.startCall(call, headers);
		}

		@Override
		public void look(SayRequest request, StreamObserver<SayReply> replies) {
			((ServerCallStreamObserver<SayReply>) replies).setOnCancelHandler(this.cancelled::incrementAndGet);
			this.requests.add(request.getText());
			this.next.remove().accept(replies);
		}

		@Override
		public void say(SayRequest request, StreamObserver<SayReply> replies) {
			look(request, replies);
		}

		@Override
		public void watch(SayRequest request, StreamObserver<SayReply> replies) {
			replies.onNext(SayReply.newBuilder().setText(request.getText()).build());
		}

	}

}
