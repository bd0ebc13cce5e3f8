package io.github.grpcdiscovery.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.autoconfigure.GrpcStack.FieldClient;
import io.github.grpcdiscovery.test.echo.EchoGrpc.EchoBlockingStub;
import io.github.grpcdiscovery.test.echo.SayReply;
import io.github.grpcdiscovery.test.echo.SayRequest;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.TcpProxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What applications do on every gRPC stack, with the same properties.
 */
abstract class GrpcStackContract extends GrpcChannelContract {

	GrpcStackContract(GrpcStack stack) {
		super(stack);
	}

	@Test
	void callsThatRunWhenItLeavesAreFinished() throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch finish = new CountDownLatch(1);
		try (ConfigurableApplicationContext server = this.stack.server(new SlowService(called, finish))
			.on(this.registry)
			.run(); Direct direct = new Direct(this.registry.registered().get(0))) {
			CompletableFuture<String> reply = CompletableFuture
				.supplyAsync(() -> direct.echo().say(SayRequest.getDefaultInstance()).getText());
			assertThat(called.await(60, TimeUnit.SECONDS)).isTrue();
			this.registry.onDeregister(finish::countDown);
			server.close();
			assertThat(reply.get(60, TimeUnit.SECONDS)).isEqualTo("slow");
		}
	}

	@Test
	void callsAreBalancedOverAllServersAndFollowThem() {
		try (ConfigurableApplicationContext one = server("one").run();
				ConfigurableApplicationContext two = server("two").run();
				ConfigurableApplicationContext client = client(FieldClient.class).run()) {
			assertThat(one.isActive()).isEqualTo(two.isActive()).isTrue();
			Conditions.eventually(() -> assertThat(GrpcStack.answers(client)).containsExactly("one", "two"));
			try (ConfigurableApplicationContext three = server("three").run()) {
				assertThat(three.isActive()).isTrue();
				// it is called when it is connected
				Conditions
					.eventually(() -> assertThat(GrpcStack.answers(client)).containsExactly("one", "three", "two"));
			}
			Conditions.eventually(() -> assertThat(GrpcStack.answers(client)).containsExactly("one", "two"));
		}
	}

	@Test
	void rollingRestartUnderLoadLosesNoCall() {
		List<ConfigurableApplicationContext> servers = new ArrayList<>();
		try (ConfigurableApplicationContext client = client(FieldClient.class).run()) {
			for (String name : List.of("one", "two", "three")) {
				servers.add(server(name).with("grpc.discovery.registration.drain=500ms").run());
			}
			try (Load load = new Load(client.getBean(FieldClient.class).echo)) {
				for (String name : List.of("four", "five", "six")) {
					servers.add(server(name).with("grpc.discovery.registration.drain=500ms").run());
					load.awaitAnswerOf(name);
					servers.remove(0).close();
				}
				assertThat(load.failures).isEmpty();
			}
			assertThat(GrpcStack.answers(client)).containsExactly("five", "four", "six");
		}
		finally {
			servers.forEach(ConfigurableApplicationContext::close);
		}
	}

	@Test
	void callThatWaitsForReadyWaitsForTheFirstServer() throws Exception {
		try (ConfigurableApplicationContext client = client(FieldClient.class).run()) {
			EchoBlockingStub echo = client.getBean(FieldClient.class).echo.withWaitForReady();
			CompletableFuture<String> reply = CompletableFuture
				.supplyAsync(() -> echo.say(SayRequest.getDefaultInstance()).getText());
			try (ConfigurableApplicationContext server = server("one").run()) {
				assertThat(server.isActive()).isTrue();
				assertThat(reply.get(60, TimeUnit.SECONDS)).isEqualTo("one");
			}
		}
	}

	@Test
	void callOfAnIdempotentMethodIsMadeAgainIfItsServersConnectionBreaks() {
		assertThat(lookAtAServerWhoseConnectionBreaks()).isEqualTo("2");
	}

	@Test
	void callIsMadeOnceIfThatIsWished() {
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> lookAtAServerWhoseConnectionBreaks("grpc.discovery.client.retry-idempotent-calls=false"))
			.withMessageStartingWith("UNAVAILABLE");
	}

	private String lookAtAServerWhoseConnectionBreaks(String... settings) {
		FakeRegistry behind = new FakeRegistry("behind");
		CutService service = new CutService();
		try (ConfigurableApplicationContext server = this.stack.server(service).on(behind).run();
				TcpProxy proxy = TcpProxy.to(behind.registered().get(0).port());
				ConfigurableApplicationContext client = client(FieldClient.class).with(settings).run()) {
			assertThat(server.isActive()).isTrue();
			service.first(proxy::cut);
			this.registry.register(ServiceInstance.of("echo", "127.0.0.1", proxy.port()));
			return client.getBean(FieldClient.class).echo.withWaitForReady()
				.withDeadlineAfter(30, TimeUnit.SECONDS)
				.look(SayRequest.getDefaultInstance())
				.getText();
		}
	}

	@Test
	void lazyInitializationChangesNothing() {
		String lazy = "spring.main.lazy-initialization=true";
		try (ConfigurableApplicationContext server = server("one").with(lazy).run();
				ConfigurableApplicationContext client = client(FieldClient.class).with(lazy).run()) {
			assertThat(server.isActive()).isTrue();
			assertThat(GrpcStack.answers(client)).containsExactly("one");
		}
	}

	@Test
	void switchedOffItStartsAsBefore() {
		String off = "grpc.discovery.enabled=false";
		try (ConfigurableApplicationContext one = server("one").run();
				ConfigurableApplicationContext two = server("two").with(off).run()) {
			assertThat(two.isActive()).isTrue();
			assertThat(this.registry.registered()).hasSize(1);
			String first = "static://" + this.registry.registered().get(0).address();
			try (ConfigurableApplicationContext client = client(FieldClient.class)
				.with(off, this.stack.target("echo", first))
				.run()) {
				assertThat(one.isActive()).isTrue();
				assertThat(GrpcStack.answers(client)).containsExactly("one");
			}
		}
	}

	/**
	 * Plain calls, one after the other in each of a few threads, which do not wait for
	 * ready.
	 */
	private static final class Load implements AutoCloseable {

		private final Map<String, AtomicInteger> answers = new ConcurrentHashMap<>();

		private final List<RuntimeException> failures = new CopyOnWriteArrayList<>();

		private final AtomicBoolean stopped = new AtomicBoolean();

		private final List<Thread> threads;

		Load(EchoBlockingStub echo) {
			this.threads = IntStream.range(0, 3).mapToObj((i) -> new Thread(() -> run(echo), "load-" + i)).toList();
			this.threads.forEach(Thread::start);
		}

		private void run(EchoBlockingStub echo) {
			while (!this.stopped.get()) {
				try {
					String answer = echo.withDeadlineAfter(60, TimeUnit.SECONDS)
						.say(SayRequest.getDefaultInstance())
						.getText();
					this.answers.computeIfAbsent(answer, (key) -> new AtomicInteger()).incrementAndGet();
				}
				catch (StatusRuntimeException ex) {
					this.failures.add(ex);
				}
			}
		}

		void awaitAnswerOf(String name) {
			Conditions.eventually(() -> assertThat(this.answers).containsKey(name));
		}

		@Override
		public void close() {
			this.stopped.set(true);
			for (Thread thread : this.threads) {
				try {
					thread.join();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
		}

	}

	/** Lets something happen when it is first looked at, and answers how often it was. */
	static final class CutService extends EchoService {

		private final AtomicInteger looks = new AtomicInteger();

		private volatile Runnable first = () -> {
		};

		void first(Runnable first) {
			this.first = first;
		}

		@Override
		public void look(SayRequest request, StreamObserver<SayReply> replies) {
			int looks = this.looks.incrementAndGet();
			if (looks == 1) {
				this.first.run();
			}
			replies.onNext(SayReply.newBuilder().setText(String.valueOf(looks)).build());
			replies.onCompleted();
		}

	}

	/** Answers when it is told to. */
	static class SlowService extends EchoService {

		private final CountDownLatch called;

		private final CountDownLatch finish;

		SlowService(CountDownLatch called, CountDownLatch finish) {
			this.called = called;
			this.finish = finish;
		}

		@Override
		public void say(SayRequest request, StreamObserver<SayReply> replies) {
			this.called.countDown();
			try {
				if (this.finish.await(60, TimeUnit.SECONDS)) {
					replies.onNext(SayReply.newBuilder().setText("slow").build());
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			replies.onCompleted();
		}

	}

}
