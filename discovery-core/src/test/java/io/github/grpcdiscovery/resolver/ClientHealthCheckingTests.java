package io.github.grpcdiscovery.resolver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayReply;
import io.github.grpcdiscovery.test.echo.SayRequest;
import io.github.grpcdiscovery.testsupport.Conditions;

import static org.assertj.core.api.Assertions.assertThat;

/** gRPC's own health checking by service config, on the policy of discovered channels. */
@Timeout(120)
class ClientHealthCheckingTests {

	private final HealthStatusManager health = new HealthStatusManager();

	private final Server checked = start("checked");

	private final Server other = start("other");

	private final FakeDiscovery discovery = FakeDiscovery.holding(at(this.checked), at(this.other));

	private ManagedChannel channel;

	@AfterEach
	void close() {
		if (this.channel != null) {
			this.channel.shutdownNow();
		}
		this.checked.shutdownNow();
		this.other.shutdownNow();
	}

	@Test
	void serverThatDoesNotServeGetsNoCallsIfTheServiceConfigSaysSo() {
		this.channel = channel(Map.of("healthCheckConfig", Map.of("serviceName", "echo")));
		this.health.setStatus("echo", ServingStatus.SERVING);
		Conditions.await().until(() -> answering().equals(Set.of("checked", "other")));
		this.health.setStatus("echo", ServingStatus.NOT_SERVING);
		Conditions.await().until(() -> answering().equals(Set.of("other")));
		this.health.setStatus("echo", ServingStatus.SERVING);
		Conditions.await().until(() -> answering().equals(Set.of("checked", "other")));
	}

	@Test
	void withoutItTheStatusDoesNotCount() {
		this.channel = channel(Map.of());
		this.health.setStatus("echo", ServingStatus.NOT_SERVING);
		Conditions.await().until(() -> answering().equals(Set.of("checked", "other")));
		assertThat(answering()).hasSize(2);
	}

	private Set<String> answering() {
		return Stream
			.generate(() -> EchoGrpc.newBlockingStub(this.channel)
				.withWaitForReady()
				.withDeadlineAfter(30, TimeUnit.SECONDS)
				.say(SayRequest.getDefaultInstance())
				.getText())
			.limit(12)
			.collect(Collectors.toSet());
	}

	private ManagedChannel channel(Map<String, ?> config) {
		return NettyChannelBuilder.forTarget("discovery:///echo")
			.usePlaintext()
			.setNameResolverArg(DiscoveryNameResolverProvider.REGISTRIES, Registries.only(this.discovery))
			.setNameResolverArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY, "")
			.defaultLoadBalancingPolicy(DiscoveryNameResolverProvider.LEAST_LOAD)
			.defaultServiceConfig(config)
			.build();
	}

	private Server start(String name) {
		NettyServerBuilder builder = NettyServerBuilder.forPort(0).addService(new EchoGrpc.EchoImplBase() {

			@Override
			public void say(SayRequest request, StreamObserver<SayReply> responses) {
				responses.onNext(SayReply.newBuilder().setText(name).build());
				responses.onCompleted();
			}

		});
		if (name.equals("checked")) {
			builder.addService(this.health.getHealthService());
		}
		try {
			return builder.build().start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static ServiceInstance at(Server server) {
		return ServiceInstance.of("echo", "127.0.0.1", server.getPort());
	}

}
