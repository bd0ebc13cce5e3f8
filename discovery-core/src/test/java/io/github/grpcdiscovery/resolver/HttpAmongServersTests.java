package io.github.grpcdiscovery.resolver;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayRequest;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/** An entry of the registry is an HTTP port. */
@Timeout(300)
class HttpAmongServersTests {

	private final EchoServers servers = new EchoServers();

	private final FakeDiscovery discovery = new FakeDiscovery();

	private final ManagedChannel channel = NettyChannelBuilder.forTarget("discovery:///echo")
		.usePlaintext()
		.setNameResolverArg(DiscoveryNameResolverProvider.REGISTRIES, Registries.only(this.discovery))
		.build();

	@AfterEach
	void close() {
		this.channel.shutdownNow();
		this.servers.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "404", "200", "503" })
	@Proves("F70")
	void serverThatAnswersHttpIsEjectedAndGetsNoMoreCalls(String status, TestReporter reporter) throws Exception {
		try (HttpServer http = new HttpServer(status);
				CapturedLog log = new CapturedLog(
						Class.forName("io.github.grpcdiscovery.internal.loadbalancing.EjectionLog"))) {
			this.discovery.hold(this.servers.start("a"), instance(http), this.servers.start("b"));
			List<Status> failures = new ArrayList<>();
			long began = System.nanoTime();
			Conditions.await().until(() -> {
				call(failures);
				return !log.warnings().isEmpty();
			});
			long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
			int failed = failures.size();
			assertThat(failed).isPositive();
			for (int i = 0; i < 300; i++) {
				call(failures);
			}
			assertThat(failures).hasSize(failed);
			assertThat(log.warnings()).singleElement()
				.asString()
				.isEqualTo("Ejected /127.0.0.1:" + http.port() + " of 'echo': it does not speak gRPC (HTTP status code "
						+ status + ", invalid content-type: text/html;charset=utf-8). It gets no calls until it does");
			reporter.publishEntry(Proves.MEASURED,
					"HTTP %s: %d calls failed, none after %d ms".formatted(status, failed, millis));
		}
	}

	@Test
	@Proves("F70")
	void callsGoOnWhereNobodySpeaksGrpc() throws Exception {
		try (HttpServer first = new HttpServer("404");
				HttpServer second = new HttpServer("404");
				CapturedLog log = new CapturedLog(
						Class.forName("io.github.grpcdiscovery.internal.loadbalancing.EjectionLog"))) {
			this.discovery.hold(instance(first), instance(second));
			List<Status> failures = new ArrayList<>();
			Conditions.await(Duration.ofSeconds(60)).until(() -> {
				call(failures);
				return first.requests() > 20 && second.requests() > 20;
			});
			assertThat(failures).extracting(Status::getCode).containsOnly(Status.Code.UNIMPLEMENTED);
			assertThat(log.warnings()).isEmpty();
		}
	}

	@Test
	@Proves("F70")
	void methodThatAGrpcServerDoesNotHaveEjectsNobody() throws Exception {
		try (CapturedLog log = new CapturedLog(
				Class.forName("io.github.grpcdiscovery.internal.loadbalancing.EjectionLog"))) {
			this.discovery.hold(this.servers.start("a"), this.servers.start("b"));
			List<Status> failures = new ArrayList<>();
			long began = System.nanoTime();
			while (System.nanoTime() - began < TimeUnit.MILLISECONDS.toNanos(500)) {
				try {
					EchoGrpc.newBlockingStub(this.channel).withWaitForReady().look(SayRequest.getDefaultInstance());
				}
				catch (StatusRuntimeException ex) {
					failures.add(ex.getStatus());
				}
			}
			assertThat(failures).isNotEmpty().extracting(Status::getCode).containsOnly(Status.Code.UNIMPLEMENTED);
			assertThat(log.warnings()).isEmpty();
		}
	}

	private void call(List<Status> failures) {
		try {
			EchoGrpc.newBlockingStub(this.channel)
				.withWaitForReady()
				.withDeadlineAfter(30, TimeUnit.SECONDS)
				.say(SayRequest.getDefaultInstance());
		}
		catch (StatusRuntimeException ex) {
			failures.add(ex.getStatus());
		}
	}

	private static ServiceInstance instance(HttpServer server) {
		return ServiceInstance.of("echo", "127.0.0.1", server.port());
	}

}
