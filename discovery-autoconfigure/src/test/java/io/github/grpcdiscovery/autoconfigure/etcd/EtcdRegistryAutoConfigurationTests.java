package io.github.grpcdiscovery.autoconfigure.etcd;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.etcd.jetcd.Client;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.FailureAnalyses;
import io.github.grpcdiscovery.autoconfigure.RegistryLocation;
import io.github.grpcdiscovery.etcd.EtcdRegistry;
import io.github.grpcdiscovery.etcd.EtcdSettings;
import io.github.grpcdiscovery.testsupport.CertificateFiles;
import io.github.grpcdiscovery.testsupport.TestCertificates;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class EtcdRegistryAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(SslAutoConfiguration.class, EtcdRegistryAutoConfiguration.class, DiscoveryAutoConfiguration.class));

	private final ApplicationContextRunner on = this.runner
		.withPropertyValues("grpc.discovery.etcd.endpoints=http://127.0.0.1:2379");

	@Test
	void isAbsentWithoutItsSettings() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Registry.class));
	}

	@Test
	void isAbsentWithoutItsClientLibrary() {
		this.on.withClassLoader(new FilteredClassLoader(Client.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Registry.class));
	}

	@Test
	void isAbsentWhenSwitchedOff() {
		this.on.withPropertyValues("grpc.discovery.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Registry.class));
	}

	@Test
	void isSwitchedOnByItsEndpoints() {
		this.on.run((context) -> {
			assertThat(context.getBean(Registry.class).description()).isEqualTo("etcd (http://127.0.0.1:2379)");
			assertThat(context.getBean(RegistryLocation.class))
				.isEqualTo(new RegistryLocation("etcd", List.of(new HostAndPort("127.0.0.1", 2379))));
		});
	}

	@Test
	void endpointsMayBeAListByIndex() {
		this.runner
			.withPropertyValues("grpc.discovery.etcd.endpoints[0]=http://a:2379",
					"grpc.discovery.etcd.endpoints[1]=http://[::1]:2379")
			.run((context) -> assertThat(settings(context).endpoints()).containsExactly(URI.create("http://a:2379"),
					URI.create("http://[::1]:2379")));
	}

	@Test
	void isSwitchedOnByConnectionDetailsWhichWinOverTheProperties() {
		EtcdConnectionDetails details = () -> List.of("http://container:32768");
		this.runner.withBean(EtcdConnectionDetails.class, () -> details)
			.run((context) -> assertThat(context.getBean(Registry.class).description())
				.isEqualTo("etcd (http://container:32768)"));
		this.on.withBean(EtcdConnectionDetails.class, () -> details)
			.run((context) -> assertThat(context.getBean(Registry.class).description())
				.isEqualTo("etcd (http://container:32768)"));
	}

	@Test
	void registryOfTheUserWins() {
		this.on
			.withBean("mine", EtcdRegistry.class,
					() -> new EtcdRegistry(EtcdSettings.of(URI.create("http://mine:1")), DiscoveryObserver.NONE))
			.run((context) -> assertThat(context).hasSingleBean(Registry.class).hasBean("mine"));
	}

	@Test
	void everySettingArrives() {
		this.on
			.withPropertyValues("grpc.discovery.etcd.user=me", "grpc.discovery.etcd.password=s3cret",
					"grpc.discovery.etcd.namespace=grpc", "grpc.discovery.etcd.ttl=20s",
					"grpc.discovery.etcd.authority=etcd.example.org", "grpc.discovery.etcd.request-timeout=1s",
					"grpc.discovery.etcd.connect-timeout=2s", "grpc.discovery.etcd.keep-alive-time=30s",
					"grpc.discovery.etcd.keep-alive-timeout=4s")
			.run((context) -> {
				EtcdSettings expected = EtcdSettings.builder(URI.create("http://127.0.0.1:2379"))
					.credentials("me", "s3cret")
					.namespace("grpc/")
					.ttl(Duration.ofSeconds(20))
					.authority("etcd.example.org")
					.requestTimeout(Duration.ofSeconds(1))
					.connectTimeout(Duration.ofSeconds(2))
					.keepAliveTime(Duration.ofSeconds(30))
					.keepAliveTimeout(Duration.ofSeconds(4))
					.build();
				assertThat(settings(context)).isEqualTo(expected);
			});
	}

	@Test
	void sslBundleGivesTrustAndCertificate(@TempDir Path directory) {
		TestCertificates certificates = TestCertificates.in(directory);
		CertificateFiles client = certificates.client("me");
		this.runner
			.withPropertyValues("grpc.discovery.etcd.endpoints=https://127.0.0.1:2379",
					"grpc.discovery.etcd.ssl.bundle=etcd",
					"spring.ssl.bundle.pem.etcd.truststore.certificate=file:" + certificates.ca(),
					"spring.ssl.bundle.pem.etcd.keystore.certificate=file:" + client.certificate(),
					"spring.ssl.bundle.pem.etcd.keystore.private-key=file:" + client.privateKey())
			.run((context) -> assertThat(settings(context).tls())
				.hasToString("EtcdTls[own trust, client certificate]"));
	}

	@Test
	@Proves("I28")
	void unknownSslBundleIsAnErrorThatListsThose() {
		this.on
			.withPropertyValues("grpc.discovery.etcd.ssl.bundle=nope",
					"spring.ssl.bundle.pem.mine.truststore.certificate=classpath:none")
			.run((context) -> assertThat(FailureAnalyses.of(context.getStartupFailure()))
				.contains("grpc.discovery.etcd.ssl.bundle: 'nope'")
				.contains("mine")
				.contains("Action: Define it as spring.ssl.bundle.pem.nope.*"));
	}

	@Test
	void unknownSslBundleIsAnErrorAlsoWhereThereIsNone() {
		this.on.withPropertyValues("grpc.discovery.etcd.ssl.bundle=nope")
			.run((context) -> assertThat(FailureAnalyses.of(context.getStartupFailure()))
				.contains("(expected: the name of an SSL bundle; there are no SSL bundles)"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ",,", "ftp://h:1", "http://h:99999", "http://h:0", "http://h:2379/path", "unix:///x",
			"http://::1:2379", "a b", "http://h:1,https://h:1" })
	@Proves({ "I1", "I4", "I5" })
	void badEndpointsAreAnErrorWithTheRule(String endpoints) {
		this.runner.withPropertyValues("grpc.discovery.etcd.endpoints=" + endpoints)
			.run((context) -> assertThat(FailureAnalyses.of(context.getStartupFailure()))
				.startsWith("grpc.discovery.etcd.endpoints")
				.doesNotContain(": endpoints")
				.contains("(expected: ")
				.contains("Action: Set grpc.discovery.etcd.endpoints to at least one of http://host:port"));
	}

	@Test
	@Proves("I1")
	void etcdThatIsChosenWithoutEndpointsIsAnError() {
		this.runner.withPropertyValues("grpc.discovery.registry=etcd")
			.run((context) -> assertThat(FailureAnalyses.of(context.getStartupFailure()))
				.startsWith("grpc.discovery.etcd.endpoints: ")
				.contains("at least one"));
	}

	@Test
	void passwordInAnEndpointIsAnErrorThatDoesNotShowIt(CapturedOutput output) {
		this.runner.withPropertyValues("grpc.discovery.etcd.endpoints=http://me:s3cret@h:2379").run((context) -> {
			assertThat(FailureAnalyses.of(context.getStartupFailure()))
				.contains("user and password are settings of their own");
			assertThat(context.getStartupFailure()).hasStackTraceContaining("user info")
				.satisfies((ex) -> assertThat(stackTrace(ex)).doesNotContain("s3cret"));
			assertThat(output).doesNotContain("s3cret");
		});
	}

	@ParameterizedTest
	@CsvSource({ "user,me", "password,pass-of-me" })
	@Proves("I9")
	void userAndPasswordBelongTogether(String property, String value) {
		this.on.withPropertyValues("grpc.discovery.etcd." + property + "=" + value)
			.run((context) -> assertThat(FailureAnalyses.of(context.getStartupFailure()))
				.contains("missing (expected: one, since there is a ")
				.contains("Set both grpc.discovery.etcd.user and grpc.discovery.etcd.password")
				.doesNotContain("pass-of-me"));
	}

	@ParameterizedTest
	@CsvSource({ "ttl,1s", "ttl,2d", "ttl,2500ms", "namespace,a b", "authority,http://x", "request-timeout,0s",
			"connect-timeout,-1s", "keep-alive-time,1s", "keep-alive-timeout,0s" })
	void settingThatBreaksItsRuleIsAnErrorThatNamesIt(String property, String value) {
		this.on.withPropertyValues("grpc.discovery.etcd." + property + "=" + value)
			.run((context) -> assertThat(FailureAnalyses.of(context.getStartupFailure()))
				.contains("configuration property 'grpc.discovery.etcd." + property + "'")
				.contains("(expected: "));
	}

	@Test
	@Proves("I7")
	void passwordInPlainTextToAnotherMachineIsWarnedOf(CapturedOutput output) {
		String[] credentials = { "grpc.discovery.etcd.user=me", "grpc.discovery.etcd.password=s3cret" };
		this.on.withPropertyValues(credentials).run((context) -> assertThat(output).doesNotContain("in the clear"));
		this.runner.withPropertyValues(credentials)
			.withPropertyValues("grpc.discovery.etcd.endpoints=http://10.0.0.5:2379")
			.run((context) -> assertThat(output)
				.contains("The password for etcd (http://10.0.0.5:2379) is sent in the clear")
				.doesNotContain("s3cret"));
	}

	private static EtcdSettings settings(ApplicationContext context) {
		return context.getBean(EtcdSettings.class);
	}

	private static String stackTrace(Throwable ex) {
		StringWriter writer = new StringWriter();
		ex.printStackTrace(new PrintWriter(writer));
		return writer.toString();
	}

}
