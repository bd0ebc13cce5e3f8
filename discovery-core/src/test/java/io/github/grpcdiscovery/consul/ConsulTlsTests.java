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

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.CertificateFiles;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulAgent;
import io.github.grpcdiscovery.testsupport.FreePorts;
import io.github.grpcdiscovery.testsupport.PemStores;
import io.github.grpcdiscovery.testsupport.TcpProxy;
import io.github.grpcdiscovery.testsupport.TestCertificates;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(600)
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
				.succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
			RecordingListener listener = new RecordingListener();
			registry.discovery().watch("orders", listener);
			Conditions.eventually(() -> assertThat(listener.last()).containsExactly(instance));
		}
	}

	@Test
	void serverOfAnotherNameIsRefused() {
		// the certificate is for localhost only
		failure("127.0.0.1", port, context(certificates.client("orders")), "127.0.0.1", "subject");
	}

	@Test
	@Proves("I6")
	void serverThatIsNotTrustedIsRefusedWithoutAByteInTheClear() {
		try (TcpProxy proxy = TcpProxy.to(port)) {
			failure("localhost", proxy.port(), null, "unable to find valid certification path");
			assertThat(proxy.firstClientBytes()).filteredOn((bytes) -> bytes.length > 0)
				.isNotEmpty()
				.allSatisfy((bytes) -> assertThat(bytes[0]).isEqualTo((byte) 0x16));
		}
	}

	@Test
	void clientWithoutACertificateIsRefused() {
		// by an alert or by a closed connection, depending on who is faster
		failure("localhost", port, context(null), "GET /v1/agent/service/");
	}

	@Test
	void serversThatARegistrationRefusesAWatchRefusesToo() {
		watchFailure("127.0.0.1", port, context(certificates.client("orders")), "127.0.0.1", "subject");
		try (TcpProxy proxy = TcpProxy.to(port)) {
			watchFailure("localhost", proxy.port(), null, "unable to find valid certification path");
			assertThat(proxy.firstClientBytes()).filteredOn((bytes) -> bytes.length > 0)
				.isNotEmpty()
				.allSatisfy((bytes) -> assertThat(bytes[0]).isEqualTo((byte) 0x16));
		}
	}

	@Test
	void portThatSpeaksTheOtherProtocolIsAskedAbout() {
		failure("localhost", agent.httpPort(), null, "(does the agent speak TLS at this port?)");
		watchFailure("localhost", agent.httpPort(), null, "(does the agent speak TLS at this port?)");
	}

	private static void watchFailure(String host, int port, SSLContext context, String... reasons) {
		try (ConsulRegistry registry = open(host, port, context)) {
			RecordingListener listener = new RecordingListener();
			registry.discovery().watch("refused", listener);
			Conditions.eventually(() -> assertThat(listener.unavailable())
				.anySatisfy((cause) -> assertThat(cause.getMessage()).contains(reasons)));
		}
	}

	// the first attempt may be too late on a busy machine to say it
	private static void failure(String host, int port, SSLContext context, String... reasons) {
		try (ConsulRegistry registry = open(host, port, context)) {
			Registration registration = registry.registrar().register(ServiceInstance.of("refused", "127.0.0.1", 9001));
			Conditions.eventually(() -> assertThat(registration.status().lastError()).contains(reasons));
		}
	}

	private static ConsulRegistry open(String host, int port, SSLContext context) {
		URI address = ConsulSettings.agent(host, port, "https");
		ConsulSettings settings = ConsulSettings.builder(address)
			.token("geheim-4711")
			.tls((context != null) ? new ConsulTls(context) : null)
			.check(ConsulCheck.builder().kind(ConsulCheck.Kind.NONE).build())
			.build();
		return new ConsulRegistry(settings, DiscoveryObserver.NONE);
	}

	private static SSLContext context(CertificateFiles client) {
		return PemStores.context(certificates.ca(), client);
	}

}
