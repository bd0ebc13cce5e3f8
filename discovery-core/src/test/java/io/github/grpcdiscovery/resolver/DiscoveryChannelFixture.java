package io.github.grpcdiscovery.resolver;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.AfterEach;

import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayReply;
import io.github.grpcdiscovery.test.echo.SayRequest;
import io.github.grpcdiscovery.testsupport.Conditions;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A channel that finds its servers in a registry that the test fills.
 */
abstract class DiscoveryChannelFixture {

	final EchoServers servers = new EchoServers();

	FakeDiscovery discovery = new FakeDiscovery();

	ManagedChannel channel;

	@AfterEach
	void close() {
		if (this.channel != null) {
			this.channel.shutdownNow();
		}
		this.servers.close();
	}

	void failsWith(String description) {
		Conditions.eventually(() -> assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(this::call)
			.withMessageStartingWith("UNAVAILABLE: " + description));
	}

	void open() {
		open((builder) -> {
		});
	}

	void open(Consumer<NettyChannelBuilder> customizer) {
		open("discovery:///echo", customizer);
	}

	void open(String target, Consumer<NettyChannelBuilder> customizer) {
		NettyChannelBuilder builder = NettyChannelBuilder.forTarget(target)
			.usePlaintext()
			.idleTimeout(30, TimeUnit.MINUTES)
			.setNameResolverArg(DiscoveryNameResolverProvider.REGISTRIES, Registries.only(this.discovery));
		customizer.accept(builder);
		this.channel = builder.build();
	}

	void whenAllAnswer(String... names) {
		Conditions.await(Duration.ofSeconds(60)).until(() -> answers(2 * names.length).keySet().equals(Set.of(names)));
	}

	Map<String, Integer> answers(int calls) {
		Map<String, Integer> answers = new TreeMap<>();
		for (int i = 0; i < calls; i++) {
			answers.merge(callWaiting(), 1, Integer::sum);
		}
		return answers;
	}

	String callWaiting() {
		return say(EchoGrpc.newBlockingStub(this.channel).withWaitForReady());
	}

	String call() {
		return say(EchoGrpc.newBlockingStub(this.channel));
	}

	static String say(EchoGrpc.EchoBlockingStub stub) {
		SayReply reply = stub.withDeadlineAfter(30, TimeUnit.SECONDS).say(SayRequest.getDefaultInstance());
		return reply.getText();
	}

}
