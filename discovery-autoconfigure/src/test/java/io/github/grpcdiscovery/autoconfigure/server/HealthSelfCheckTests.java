package io.github.grpcdiscovery.autoconfigure.server;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import com.sun.net.httpserver.HttpServer;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.protobuf.services.HealthStatusManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.CertificateFiles;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.FreePorts;
import io.github.grpcdiscovery.testsupport.TestCertificates;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(300)
class HealthSelfCheckTests {

	private static final Duration LIMIT = Conditions.scaled(Duration.ofSeconds(30));

	@TempDir
	private Path directory;

	private final CapturedLog log = new CapturedLog(HealthSelfCheck.class);

	private Server server;

	@AfterEach
	void stop() {
		this.log.close();
		if (this.server != null) {
			this.server.shutdownNow();
		}
	}

	@Test
	void serverThatAnswersAtItsAddressIsNoNews() throws Exception {
		start(InsecureServerCredentials.create());
		check(false, "127.0.0.1");
		check(false, "127.0.0.2");
		check(false, "localhost");
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void addressWhereNobodyListensIsWarnedOf() throws Exception {
		start(InsecureServerCredentials.create());
		int free = FreePorts.next();
		check(false, new HostAndPort("127.0.0.1", free));
		assertThat(this.log.warnings()).singleElement()
			.asString()
			.startsWith("The server responds at 127.0.0.1:%d, but not at 127.0.0.1:%d, the address to register: "
				.formatted(this.server.getPort(), free))
			.contains("grpc.discovery.registration.host", "grpc.discovery.registration.self-check=0");
	}

	@Test
	void addressWhereSomethingElseThanGrpcAnswersIsWarnedOf() throws Exception {
		start(InsecureServerCredentials.create());
		HttpServer http = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
		http.start();
		check(false, new HostAndPort("127.0.0.1", http.getAddress().getPort()));
		http.stop(0);
		assertThat(this.log.warnings()).hasSize(1);
	}

	@Test
	void addressThatNeverAnswersIsWarnedOfAndHoldsUpTheRegistrationForTheLimitOnly() throws Exception {
		start(InsecureServerCredentials.create());
		try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			RunningServer running = new RunningServer(this.server.getPort(), "*");
			assertThat(new HealthSelfCheck(Duration.ofMillis(300), () -> false).start(running,
					new HostAndPort("127.0.0.1", silent.getLocalPort())))
				.succeedsWithin(Conditions.scaled(Duration.ofSeconds(4)));
			Conditions.eventually(() -> assertThat(this.log.warnings()).hasSize(1));
		}
	}

	@Test
	void serverThatAnswersNobodyHoldsUpTheRegistrationForTheLimitOnly() throws Exception {
		try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			RunningServer running = new RunningServer(silent.getLocalPort(), "127.0.0.1");
			assertThat(new HealthSelfCheck(Duration.ofMillis(300), () -> false).start(running,
					new HostAndPort("127.0.0.2", 1)))
				.succeedsWithin(Conditions.scaled(Duration.ofSeconds(20)));
			assertThat(this.log.warnings()).isEmpty();
		}
	}

	@Test
	void refusalIsAnAnswer() throws Exception {
		this.server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
			.intercept(new ServerInterceptor() {

				@Override
				public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
						ServerCallHandler<Q, A> next) {
					call.close(Status.UNAVAILABLE.withDescription("not you"), new Metadata());
					return new ServerCall.Listener<>() {
					};
				}

			})
			.addService(new HealthStatusManager().getHealthService())
			.build()
			.start();
		check(false, "127.0.0.2");
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void serverWithoutAHealthServiceIsAnAnswer() throws Exception {
		this.server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create()).build().start();
		check(false, "127.0.0.2");
		assertThat(this.log.warnings()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void serverWithTlsIsAskedByTlsWhateverItsCertificateIsFor(ClientAuth clients) throws Exception {
		start(tls(clients));
		check(true, "127.0.0.2");
		assertThat(this.log.warnings()).isEmpty();
		check(true, new HostAndPort("127.0.0.1", 1));
		assertThat(this.log.warnings()).hasSize((clients == ClientAuth.REQUIRE) ? 0 : 1);
	}

	@Test
	void serverOfWhichItIsNotKnownWhatItSpeaksIsNotWarnedOf() throws Exception {
		start(tls(ClientAuth.NONE));
		check(false, new HostAndPort("127.0.0.1", 1));
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void nameThatDoesNotResolveIsWarnedOfElsewhere() throws Exception {
		start(InsecureServerCredentials.create());
		check(false, "nosuch.invalid");
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void nobodyIsAskedIfThatIsWished() {
		RunningServer nobody = new RunningServer(1, "127.0.0.1");
		assertThat(new HealthSelfCheck(Duration.ZERO, () -> false).start(nobody, new HostAndPort("127.0.0.1", 1)))
			.isCompleted();
	}

	private void start(ServerCredentials credentials) throws IOException {
		this.server = Grpc.newServerBuilderForPort(0, credentials)
			.addService(new HealthStatusManager().getHealthService())
			.build()
			.start();
	}

	private ServerCredentials tls(ClientAuth clients) throws IOException {
		TestCertificates certificates = TestCertificates.in(this.directory);
		CertificateFiles files = certificates.server("orders", "orders.example.com");
		File chain = files.certificate().toFile();
		return TlsServerCredentials.newBuilder()
			.keyManager(chain, files.privateKey().toFile())
			.trustManager(certificates.ca().toFile())
			.clientAuth(clients)
			.build();
	}

	private void check(boolean tls, String host) {
		check(tls, new HostAndPort(host, this.server.getPort()));
	}

	private void check(boolean tls, HostAndPort advertised) {
		CompletableFuture<?> checked = new HealthSelfCheck(LIMIT, () -> tls)
			.start(new RunningServer(this.server.getPort(), "*", Set.of()), advertised);
		assertThat(checked).succeedsWithin(LIMIT.multipliedBy(2));
	}

}
