package io.github.grpcdiscovery.consul;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.CertificateFiles;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulAgent;
import io.github.grpcdiscovery.testsupport.FreePorts;
import io.github.grpcdiscovery.testsupport.TcpProxy;
import io.github.grpcdiscovery.testsupport.TestCertificates;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Servers that are registered and that the probes of a real agent do not find well.
 */
@Timeout(600)
class ConsulOwnHealthTests {

	@TempDir
	static Path directory;

	private static ConsulAgent agent;

	private final CapturedLog log = new CapturedLog(OwnHealth.class);

	private final HealthStatusManager health = new HealthStatusManager();

	@BeforeAll
	static void startAgent() {
		agent = ConsulAgent.started();
	}

	@AfterAll
	static void stopAgent() {
		agent.close();
	}

	@AfterEach
	void closeLog() {
		this.log.close();
	}

	@Test
	void serverWithoutAHealthServiceIsToldSoAndThatItIsWellAgain() throws IOException {
		// which is its own also while no server is there
		int port = FreePorts.next();
		Server server = server(port).build().start();
		try (ConsulRegistry registry = registry(false)) {
			Registration registration = register(registry, port);
			Conditions.await(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(registration.status().unhealthy())
					.startsWith("critical by the check 'gRPC health' (")
					.contains("Unimplemented"));
			Conditions.eventually(
					() -> assertThat(this.log.warnings()).singleElement().asString().contains("io.grpc:grpc-services"));
			server.shutdownNow().awaitTermination();
			// a selector may hold the closed port for a moment
			server = Conditions.await()
				.ignoreExceptionsInstanceOf(IOException.class)
				.until(() -> server(port).addService(this.health.getHealthService()).build().start(), Objects::nonNull);
			Conditions.await(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(registration.status().unhealthy()).isNull());
			Conditions.eventually(() -> assertThat(this.log.infos()).hasSize(1));
		}
		catch (InterruptedException ex) {
			throw new IOException(ex);
		}
		finally {
			server.shutdownNow();
		}
	}

	@Test
	void serverThatRefusesTheProbeIsToldSo() throws IOException {
		Server server = server().addService(this.health.getHealthService()).intercept(new ServerInterceptor() {

			@Override
			public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
					ServerCallHandler<Q, A> next) {
				call.close(Status.UNAUTHENTICATED, new Metadata());
				return new ServerCall.Listener<>() {
				};
			}

		}).build().start();
		assertThat(warning(server, false)).contains("without credentials");
	}

	@Test
	void probeWithoutTlsOfAServerWithTlsIsToldSo() throws IOException {
		assertThat(warning(tls().start(), false)).contains("grpc.discovery.consul.check.tls=true");
	}

	@Test
	void authorityThatTheAgentDoesNotTrustIsToldSo() throws IOException {
		assertThat(warning(tls().start(), true)).contains("trust the authority");
	}

	@Test
	void probeByTlsOfAServerWithoutIsToldSo() throws IOException {
		Server server = server().addService(this.health.getHealthService()).build().start();
		assertThat(warning(server, true)).contains("grpc.discovery.consul.check.tls=false");
	}

	@Test
	void twoAgentsAtOneAddressAreToldOfOnce() {
		try (ConsulAgent other = ConsulAgent.builder().args("-node=other").start();
				TcpProxy proxy = TcpProxy.to(agent.httpPort());
				CapturedLog nodes = new CapturedLog(AgentNodes.class);
				ConsulRegistry registry = registry(proxy.uri("http"), ConsulCheck.DEFAULT)) {
			register(registry, 9090);
			AtomicInteger turns = new AtomicInteger();
			Conditions.await(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(1500)).until(() -> {
				proxy.target((turns.getAndIncrement() % 2 == 0) ? other.httpPort() : agent.httpPort());
				proxy.cut();
				return !nodes.warnings().isEmpty();
			});
			assertThat(nodes.warnings()).singleElement()
				.asString()
				.contains(proxy.uri("http").toString(), "respond in turn");
		}
	}

	private String warning(Server server, boolean probesByTls) {
		try (ConsulRegistry registry = registry(probesByTls)) {
			Registration registration = register(registry, server.getPort());
			// it is shown a moment before it is logged
			Conditions.await(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(this.log.warnings()).hasSize(1));
			assertThat(registration.status().unhealthy()).isNotNull();
			return this.log.warnings().get(0);
		}
		finally {
			server.shutdownNow();
		}
	}

	private static NettyServerBuilder server() {
		return server(0);
	}

	private static NettyServerBuilder server(int port) {
		return NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port));
	}

	private Server tls() {
		CertificateFiles files = TestCertificates.in(directory).server("orders", "127.0.0.1");
		return server().addService(this.health.getHealthService())
			.useTransportSecurity(files.certificate().toFile(), files.privateKey().toFile())
			.build();
	}

	private static ConsulRegistry registry(boolean probesByTls) {
		return registry(agent.endpoint(),
				ConsulCheck.builder()
					.interval(Duration.ofSeconds(1))
					.timeout(Duration.ofSeconds(10))
					.tls(probesByTls)
					.build());
	}

	private static ConsulRegistry registry(URI agent, ConsulCheck check) {
		return new ConsulRegistry(
				ConsulSettings.builder(agent).check(check).auditInterval(Duration.ofMillis(500)).build(),
				DiscoveryObserver.NONE);
	}

	private static Registration register(ConsulRegistry registry, int port) {
		Registration registration = registry.registrar().register(ServiceInstance.of("orders", "127.0.0.1", port));
		assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
		return registration;
	}

}
