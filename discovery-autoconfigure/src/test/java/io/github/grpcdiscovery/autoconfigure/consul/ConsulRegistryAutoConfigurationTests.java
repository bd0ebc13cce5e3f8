package io.github.grpcdiscovery.autoconfigure.consul;

import java.net.URI;
import java.time.Duration;
import java.util.Set;

import com.ecwid.consul.v1.ConsulRawClient;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.autoconfigure.DiscoveryAutoConfiguration;
import io.github.grpcdiscovery.autoconfigure.FailureAnalyses;
import io.github.grpcdiscovery.autoconfigure.RegistryLocation;
import io.github.grpcdiscovery.autoconfigure.server.RunningServer;
import io.github.grpcdiscovery.autoconfigure.server.ServerRequirement;
import io.github.grpcdiscovery.consul.ConsulCheck;
import io.github.grpcdiscovery.consul.ConsulRegistry;
import io.github.grpcdiscovery.consul.ConsulSettings;

import static org.assertj.core.api.Assertions.assertThat;

class ConsulRegistryAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(SslAutoConfiguration.class, ConsulRegistryAutoConfiguration.class, DiscoveryAutoConfiguration.class));

	private final ApplicationContextRunner on = this.runner.withPropertyValues("grpc.discovery.consul.host=127.0.0.1");

	@Test
	void isAbsentWithoutItsSettings() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Registry.class));
	}

	@Test
	void isAbsentWithoutItsClientLibrary() {
		this.on.withClassLoader(new FilteredClassLoader(ConsulRawClient.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Registry.class));
	}

	@Test
	void isAbsentWhenSwitchedOff() {
		this.on.withPropertyValues("grpc.discovery.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Registry.class));
	}

	@Test
	void isSwitchedOnByItsHost() {
		this.on.run((context) -> {
			assertThat(context.getBean(Registry.class).description()).isEqualTo("consul (http://127.0.0.1:8500)");
			assertThat(context.getBean(RegistryLocation.class).endpoints())
				.containsExactly(new HostAndPort("127.0.0.1", 8500));
		});
	}

	@Test
	void serverIsAskedForWhatTheProbeNeeds() {
		this.on.run((context) -> {
			ServerRequirement requirement = context.getBean(ServerRequirement.class);
			assertThat(requirement.registry()).isEqualTo("consul");
			assertThat(requirement.missing(new RunningServer(9090, "*", Set.of()))).contains("grpc.health.v1.Health");
		});
	}

	@Test
	void isSwitchedOnByItsName() {
		this.runner.withPropertyValues("grpc.discovery.registry=consul")
			.run((context) -> assertThat(context.getBean(Registry.class).description())
				.isEqualTo("consul (http://127.0.0.1:8500)"));
	}

	@Test
	void isSwitchedOnByConnectionDetailsWhichWinOverTheProperties() {
		ConsulConnectionDetails details = () -> URI.create("http://container:32768");
		this.on.withBean(ConsulConnectionDetails.class, () -> details)
			.run((context) -> assertThat(context.getBean(Registry.class).description())
				.isEqualTo("consul (http://container:32768)"));
	}

	@Test
	void theUsersOwnRegistryWins() {
		this.on
			.withBean("mine", ConsulRegistry.class,
					() -> new ConsulRegistry(ConsulSettings.of(URI.create("http://mine:8500")), DiscoveryObserver.NONE))
			.run((context) -> assertThat(context.getBean(Registry.class).description())
				.isEqualTo("consul (http://mine:8500)"));
	}

	@Test
	void everySettingArrives() {
		this.on.withPropertyValues("grpc.discovery.consul.port=8501", "grpc.discovery.consul.scheme=https",
				"grpc.discovery.consul.token=t0k3n", "grpc.discovery.consul.namespace=team",
				"grpc.discovery.consul.partition=part", "grpc.discovery.consul.audit-interval=1s",
				"grpc.discovery.consul.request-timeout=2s", "grpc.discovery.consul.check.kind=ttl",
				"grpc.discovery.consul.check.interval=3s", "grpc.discovery.consul.check.timeout=1s",
				"grpc.discovery.consul.check.ttl=30s", "grpc.discovery.consul.check.deregister-after=2m",
				"grpc.discovery.consul.check.tls=true", "grpc.discovery.consul.check.tls-server-name=tags.example.com",
				"grpc.discovery.consul.check.services=a.B", "grpc.discovery.consul.query.datacenter=dc2",
				"grpc.discovery.consul.query.tags=v1,v2", "grpc.discovery.consul.query.near=_agent",
				"grpc.discovery.consul.query.filter=Service.Port > 1", "grpc.discovery.consul.query.passing=true",
				"grpc.discovery.consul.query.fail-traffic-on-panic=true", "grpc.discovery.consul.query.wait=10s")
			.run((context) -> {
				ConsulSettings settings = context.getBean(ConsulSettings.class);
				assertThat(settings.agent()).isEqualTo(URI.create("https://127.0.0.1:8501"));
				assertThat(settings.token()).isEqualTo("t0k3n");
				assertThat(settings.namespace()).isEqualTo("team");
				assertThat(settings.partition()).isEqualTo("part");
				assertThat(settings.auditInterval()).isEqualTo(Duration.ofSeconds(1));
				assertThat(settings.requestTimeout()).isEqualTo(Duration.ofSeconds(2));
				assertThat(settings.check().kind()).isEqualTo(ConsulCheck.Kind.TTL);
				assertThat(settings.check().interval()).isEqualTo(Duration.ofSeconds(3));
				assertThat(settings.check().timeout()).isEqualTo(Duration.ofSeconds(1));
				assertThat(settings.check().ttl()).isEqualTo(Duration.ofSeconds(30));
				assertThat(settings.check().deregisterAfter()).isEqualTo(Duration.ofMinutes(2));
				assertThat(settings.check().tls()).isTrue();
				assertThat(settings.check().tlsServerName()).isEqualTo("tags.example.com");
				assertThat(settings.check().services()).containsExactly("a.B");
				assertThat(settings.query().datacenter()).isEqualTo("dc2");
				assertThat(settings.query().tags()).containsExactly("v1", "v2");
				assertThat(settings.query().near()).isEqualTo("_agent");
				assertThat(settings.query().filter()).isEqualTo("Service.Port > 1");
				assertThat(settings.query().passingOnly()).isTrue();
				assertThat(settings.query().failTrafficOnPanic()).isTrue();
				assertThat(settings.query().maxWait()).isEqualTo(Duration.ofSeconds(10));
			});
	}

	@ParameterizedTest
	@CsvSource({ "false, ''", "false, grpc.server.security.enabled=false", "true, grpc.server.security.enabled=true",
			"true, grpc.server.security.enabled=TRUE", "true, spring.grpc.server.ssl.bundle=mine",
			"true, spring.grpc.server.ssl.enabled=true",
			"false, spring.grpc.server.ssl.bundle=mine spring.grpc.server.ssl.enabled=false",
			"false, grpc.server.security.enabled=true grpc.discovery.consul.check.tls=false",
			"true, grpc.server.security.enabled=false grpc.discovery.consul.check.tls=true" })
	void theProbeIsByTlsIfTheServerSpeaksIt(boolean tls, String settings) {
		this.on.withPropertyValues(settings.isEmpty() ? new String[0] : settings.split(" "))
			.run((context) -> assertThat(context.getBean(ConsulSettings.class).check().tls()).isEqualTo(tls));
	}

	@ParameterizedTest
	@CsvSource({ "host, ftp://x", "host, a b", "token-file, /nosuch/token", "port, 70000", "port, 0", "scheme, ftp",
			"audit-interval, 1m", "request-timeout, 0s", "check.interval, 10ms", "check.timeout, 0s", "check.ttl, 1",
			"check.kind, http", "check.deregister-after, 10s", "check.tls-server-name, a b", "check.services, a/b",
			"query.wait, 0s", "query.wait, 11m", "ssl.bundle, nosuch", "port, -1", "port, abc", "audit-interval, 100ms",
			"request-timeout, soon", "check.interval, 2h", "check.timeout, 2h", "check.ttl, 2d", "check.tls, maybe",
			"check.deregister-after, 3000d", "query.passing, maybe", "namespace, a\u0007b", "partition, a\u0007b",
			"query.datacenter, a\u0007b", "query.near, a\u0007b", "query.filter, a\u0007b", "query.tags, a\u0007b",
			"host, ''" })
	void aWrongSettingIsNamed(String property, String value) {
		this.on.withPropertyValues("grpc.discovery.consul." + property + "=" + value)
			.run((context) -> assertThat(FailureAnalyses.of(context.getStartupFailure()))
				.containsAnyOf("grpc.discovery.consul." + property, "grpc.discovery.consul.host")
				.contains("Action: "));
	}

	@Test
	void aTokenIsNotShownInAnError() {
		this.on.withPropertyValues("grpc.discovery.consul.token=s3cret token").run((context) -> {
			assertThat(FailureAnalyses.of(context.getStartupFailure())).contains("grpc.discovery.consul.token");
			assertThat(context.getStartupFailure()).hasStackTraceContaining("<hidden>");
			assertThat(Throwables.getStackTrace(context.getStartupFailure())).doesNotContain("s3cret");
		});
	}

}
