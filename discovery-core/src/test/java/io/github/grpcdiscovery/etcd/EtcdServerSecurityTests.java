package io.github.grpcdiscovery.etcd;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.CertificateFiles;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.PemStores;
import io.github.grpcdiscovery.testsupport.TcpProxy;
import io.github.grpcdiscovery.testsupport.TestCertificates;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/** Who may do what, and that nobody else learns of it. */
class EtcdServerSecurityTests {

	private static final String PASSWORD = "pa55-w0rd-of-orders";

	private static final ServiceInstance ORDERS = ServiceInstance.of("orders", "127.0.0.1", 9090);

	@TempDir
	private Path directory;

	@Test
	@Proves("F29")
	void userWithPermissionRegistersAndNobodyElseDoes() {
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
		Level before = root.getLevel();
		log.start();
		root.addAppender(log);
		root.setLevel(Level.TRACE);
		// prints every frame in hexadecimal; that it is on is warned of
		Logger frames = (Logger) LoggerFactory.getLogger("io.grpc.netty.NettyClientHandler");
		frames.setLevel(Level.INFO);
		try (EtcdServer etcd = EtcdServer.started()) {
			etcd.addUser("orders", PASSWORD, "orders", "orders/", "readwrite");
			etcd.enableAuth("root-pa55-w0rd");
			EtcdSettings settings = EtcdSettings.builder(etcd.endpoint()).ttl(EtcdFixture.TTL).build();
			rightPassword(etcd, settings.toBuilder().credentials("orders", PASSWORD).build());
			wrongPassword(settings.toBuilder().credentials("orders", PASSWORD + "-wrong").build());
			missingPermission(settings.toBuilder().credentials("orders", PASSWORD).build());
			noUser(settings);
		}
		finally {
			root.setLevel(before);
			root.detachAppender(log);
			frames.setLevel(null);
		}
		String hex = HexFormat.of().formatHex(PASSWORD.getBytes(StandardCharsets.UTF_8));
		assertThat(List.copyOf(log.list)).isNotEmpty()
			.noneMatch((event) -> text(event).contains(PASSWORD) || text(event).contains(hex));
	}

	@Test
	void loggerThatPrintsThePasswordIsWarnedOf() {
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		Logger ours = (Logger) LoggerFactory.getLogger(EtcdRegistry.class);
		Logger frames = (Logger) LoggerFactory.getLogger("io.grpc.netty.NettyClientHandler");
		log.start();
		ours.addAppender(log);
		frames.setLevel(Level.DEBUG);
		try {
			EtcdSettings settings = EtcdSettings.of(URI.create("http://etcd.example.com:2379"));
			new EtcdProcess(settings).close();
			assertThat(log.list).isEmpty();
			new EtcdProcess(settings.toBuilder().credentials("orders", PASSWORD).build()).close();
		}
		finally {
			frames.setLevel(null);
			ours.detachAppender(log);
		}
		assertThat(log.list).extracting(EtcdServerSecurityTests::text)
			.hasSize(2)
			.anySatisfy((line) -> assertThat(line).contains("sent in the clear", "https"))
			.anySatisfy((line) -> assertThat(line).contains("io.grpc.netty.NettyClientHandler", "INFO"))
			.noneMatch((line) -> line.contains(PASSWORD));
	}

	private static String text(ILoggingEvent event) {
		String stackTrace = (event.getThrowableProxy() != null) ? ThrowableProxyUtil.asString(event.getThrowableProxy())
				: "";
		return event.getFormattedMessage() + stackTrace;
	}

	private static void rightPassword(EtcdServer etcd, EtcdSettings settings) {
		try (EtcdProcess process = new EtcdProcess(settings)) {
			Registration registration = process.registered(ORDERS);
			RecordingListener watcher = process.following("orders", 1);
			// the tokens go with the process that gave them
			etcd.restart();
			etcd.put("orders/later", "{\"Addr\":\"127.0.0.1:1\"}");
			Conditions.await(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(EtcdProcess.ports(watcher)).containsExactly(1, 9090));
			Conditions.await(Duration.ofSeconds(30))
				.during(EtcdFixture.TTL.multipliedBy(2))
				.untilAsserted(() -> assertThat(etcd.get("orders/127")).hasSize(1));
			assertThat(registration.status().state()).isEqualTo(State.REGISTERED);
		}
		assertThat(etcd.get("orders/127")).isEmpty();
	}

	private static void wrongPassword(EtcdSettings settings) {
		try (EtcdProcess process = new EtcdProcess(settings)) {
			isRefused(process, settings.description(), "refused to authenticate user 'orders'");
			RecordingListener watcher = process.watch("orders");
			Conditions.eventually(
					() -> assertThat(watcher.unavailable()).hasAtLeastOneElementOfType(RegistryAccessException.class));
		}
	}

	private static void missingPermission(EtcdSettings settings) {
		try (EtcdProcess process = new EtcdProcess(settings.toBuilder().namespace("other/").build())) {
			isRefused(process, "permission denied for user 'orders'", "grant-permission",
					"'other/orders/127.0.0.1:9090'");
		}
	}

	private static void noUser(EtcdSettings settings) {
		try (EtcdProcess process = new EtcdProcess(settings)) {
			isRefused(process, "etcd requires a user, and none is configured");
		}
	}

	// the first attempt may be too late on a busy machine to say it
	private static void isRefused(EtcdProcess process, String... reasons) {
		Registration registration = process.registry.registrar().register(ORDERS);
		Conditions.await(Duration.ofSeconds(60))
			.untilAsserted(
					() -> assertThat(registration.status().lastError()).contains(reasons).doesNotContain(PASSWORD));
	}

	@Test
	void tlsWithOwnTrustAndCertificate() {
		TestCertificates certificates = TestCertificates.in(this.directory);
		CertificateFiles client = certificates.client("orders");
		try (EtcdServer etcd = EtcdServer.builder()
			.tls(certificates.server("etcd", "127.0.0.1", "etcd.internal"), certificates.ca())
			.requireClientCertificate(client)
			.start(); TcpProxy proxy = TcpProxy.to(etcd.port())) {
			URI endpoint = URI.create("https://127.0.0.1:" + proxy.port());
			EtcdSettings settings = EtcdSettings.builder(endpoint).ttl(EtcdFixture.TTL).build();
			try (EtcdProcess process = new EtcdProcess(
					settings.toBuilder().tls(tls(certificates.ca(), client)).build())) {
				process.registered(ORDERS);
				process.following("orders", 1);
				assertThat(etcd.get("orders/")).hasSize(1);
			}
			try (EtcdProcess process = new EtcdProcess(
					settings.toBuilder().tls(tls(certificates.ca(), null)).build())) {
				isRefused(process, settings.description());
			}
			// neither the JVM's trust store nor a plaintext connection is a way in
			try (EtcdProcess process = new EtcdProcess(settings)) {
				isRefused(process, settings.description(), "PKIX path building failed");
			}
			assertThat(proxy.firstClientBytes()).isNotEmpty()
				.allMatch((bytes) -> bytes.length == 0 || bytes[0] == 0x16);
		}
	}

	@Test
	@Proves("I6")
	void certificateForAnotherNameIsRefusedUnlessThatNameIsConfigured() {
		TestCertificates certificates = TestCertificates.in(this.directory);
		try (EtcdServer etcd = EtcdServer.builder()
			.tls(certificates.server("etcd", "etcd.internal"), certificates.ca())
			.start()) {
			EtcdSettings settings = EtcdSettings.builder(etcd.endpoint())
				.ttl(EtcdFixture.TTL)
				.tls(tls(certificates.ca(), null))
				.build();
			try (EtcdProcess process = new EtcdProcess(settings)) {
				isRefused(process, settings.description(), "No subject alternative names");
			}
			try (EtcdProcess process = new EtcdProcess(settings.toBuilder().authority("etcd.internal").build())) {
				process.registered(ORDERS);
			}
		}
	}

	@Test
	void endpointThatDoesNotSpeakTlsOrDoesIsAskedAbout() {
		TestCertificates certificates = TestCertificates.in(this.directory);
		try (EtcdServer plain = EtcdServer.started();
				EtcdServer secured = EtcdServer.builder()
					.tls(certificates.server("etcd", "127.0.0.1"), certificates.ca())
					.start()) {
			try (EtcdProcess process = EtcdProcess.at(URI.create("https://127.0.0.1:" + plain.port()))) {
				isRefused(process, "(does this endpoint speak TLS?");
			}
			try (EtcdProcess process = EtcdProcess.at(URI.create("http://127.0.0.1:" + secured.port()))) {
				isRefused(process, "(does this endpoint speak TLS?");
			}
		}
	}

	private static EtcdTls tls(Path authority, CertificateFiles client) {
		return new EtcdTls(PemStores.trust(authority), (client != null) ? PemStores.key(client) : null, Set.of(),
				Set.of());
	}

}
