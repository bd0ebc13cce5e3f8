package io.github.grpcdiscovery.consul;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.RecordingListener;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.testsupport.CertificateFiles;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulAgent;
import io.github.grpcdiscovery.testsupport.FreePorts;
import io.github.grpcdiscovery.testsupport.TcpProxy;
import io.github.grpcdiscovery.testsupport.TestCertificates;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(120)
class ConsulTlsTests {

	@TempDir
	static Path directory;

	private static TestCertificates certificates;

	private static ConsulAgent agent;

	private static int port;

	@BeforeAll
	static void startAgent() {
		certificates = TestCertificates.in(directory);
		CertificateFiles server = certificates.server("consul", "localhost");
		port = FreePorts.next();
		agent = ConsulAgent.builder()
			.args("-hcl", "ports { https = %d }".formatted(port))
			.args("-hcl", "cert_file = \"%s\"".formatted(server.certificate()))
			.args("-hcl", "key_file = \"%s\"".formatted(server.privateKey()))
			.args("-hcl", "ca_file = \"%s\"".formatted(certificates.ca()))
			.args("-hcl", "verify_incoming_https = true")
			.start();
	}

	@AfterAll
	static void stopAgent() {
		agent.close();
	}

	@Test
	void registersAndFollowsByTlsWithACertificateOfItsOwn() {
		try (ConsulRegistry registry = open("localhost", port, context(certificates.client("orders")))) {
			ServiceInstance instance = ServiceInstance.of("orders", "127.0.0.1", 9001);
			assertThat(registry.registrar().register(instance).registered())
				.succeedsWithin(Conditions.scaled(Duration.ofSeconds(10)));
			RecordingListener listener = new RecordingListener();
			registry.discovery().watch("orders", listener);
			Conditions.eventually(() -> assertThat(listener.last()).containsExactly(instance));
		}
	}

	@Test
	void serverOfAnotherNameIsRefused() {
		// the certificate is for localhost only
		assertThat(failure("127.0.0.1", port, context(certificates.client("orders")))).contains("127.0.0.1", "subject");
	}

	@Test
	@Proves("I6")
	void serverThatIsNotTrustedIsRefusedWithoutAByteInTheClear() {
		try (TcpProxy proxy = TcpProxy.to(port)) {
			assertThat(failure("localhost", proxy.port(), null)).contains("unable to find valid certification path");
			assertThat(proxy.firstClientBytes()).isNotEmpty()
				.allSatisfy((bytes) -> assertThat(bytes[0]).isEqualTo((byte) 0x16));
		}
	}

	@Test
	void clientWithoutACertificateIsRefused() {
		// by an alert or by a closed connection, depending on who is faster
		assertThat(failure("localhost", port, context(null))).contains("GET /v1/agent/service/");
	}

	@Test
	void serversThatARegistrationRefusesAWatchRefusesToo() {
		assertThat(watchFailure("127.0.0.1", port, context(certificates.client("orders")))).contains("127.0.0.1",
				"subject");
		try (TcpProxy proxy = TcpProxy.to(port)) {
			assertThat(watchFailure("localhost", proxy.port(), null))
				.contains("unable to find valid certification path");
			assertThat(proxy.firstClientBytes()).filteredOn((bytes) -> bytes.length > 0)
				.isNotEmpty()
				.allSatisfy((bytes) -> assertThat(bytes[0]).isEqualTo((byte) 0x16));
		}
	}

	@Test
	void portThatSpeaksTheOtherProtocolIsAskedAbout() {
		assertThat(failure("localhost", agent.httpPort(), null)).contains("(does the agent speak TLS at this port?)");
		assertThat(watchFailure("localhost", agent.httpPort(), null))
			.contains("(does the agent speak TLS at this port?)");
	}

	private static String watchFailure(String host, int port, SSLContext context) {
		try (ConsulRegistry registry = open(host, port, context)) {
			RecordingListener listener = new RecordingListener();
			registry.discovery().watch("refused", listener);
			Conditions.eventually(() -> assertThat(listener.unavailable()).isNotEmpty());
			return listener.unavailable().get(0).getMessage();
		}
	}

	private static String failure(String host, int port, SSLContext context) {
		try (ConsulRegistry registry = open(host, port, context)) {
			Registration registration = registry.registrar().register(ServiceInstance.of("refused", "127.0.0.1", 9001));
			Conditions.eventually(() -> assertThat(registration.status().lastError()).isNotNull());
			return registration.status().lastError();
		}
	}

	private static ConsulRegistry open(String host, int port, SSLContext context) {
		URI address = ConsulSettings.agent(host, port, "https");
		ConsulSettings settings = ConsulSettings.of(address)
			.withToken("geheim-4711")
			.withTls((context != null) ? new ConsulTls(context) : null)
			.withCheck(ConsulCheck.DEFAULT.withKind(ConsulCheck.Kind.NONE));
		return new ConsulRegistry(settings, DiscoveryObserver.NONE);
	}

	private static SSLContext context(CertificateFiles client) {
		PemSslStoreDetails trust = PemSslStoreDetails.forCertificate(certificates.ca().toUri().toString());
		PemSslStoreDetails key = (client != null)
				? PemSslStoreDetails.forCertificate(client.certificate().toUri().toString())
					.withPrivateKey(client.privateKey().toUri().toString())
				: null;
		return SslBundle.of(new PemSslStoreBundle(key, trust)).createSslContext();
	}

}
