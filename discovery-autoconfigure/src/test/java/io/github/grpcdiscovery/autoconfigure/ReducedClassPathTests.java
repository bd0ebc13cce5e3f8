package io.github.grpcdiscovery.autoconfigure;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications that lack some of the libraries that we can work with.
 */
class ReducedClassPathTests {

	private static final String GRPC_STACKS = "net/devh/|spring-boot-grpc|spring-grpc";

	private static final String ACTUATOR = "spring-boot-actuator|spring-boot-health|spring-boot-micrometer|/micrometer-";

	// what docs/versions.md says to exclude; jetcd-core brings the others
	private static final String ETCD_CLIENT = "/jetcd-|/vertx-|/failsafe-";

	private static final String CONSUL_CLIENT = "/consul-api-|/httpclient-|/httpcore-|/commons-codec-";

	private static final String LOCAL = "--grpc.discovery.local.directory=";

	@TempDir
	private Path directory;

	@Test
	void startsWithoutGrpc() throws Exception {
		assertThat(beansWithout(GRPC_STACKS, LOCAL + this.directory)).contains("localRegistry", "grpcServerRegistrar")
			.noneMatch((bean) -> bean.contains("etDevh"));
	}

	@Test
	void startsWithoutGrpcAndWithoutSettings() throws Exception {
		assertThat(beansWithout(GRPC_STACKS)).doesNotContain("configuredRegistries", "grpcServerRegistrar");
	}

	@Test
	void startsWithoutTheActuatorAndMicrometer() throws Exception {
		assertThat(beansWithout(ACTUATOR, LOCAL + this.directory))
			.contains("localRegistry", "grpcServerRegistrar", "netDevhServerListener", "discoveryGrpcChannelConfigurer")
			.doesNotContain("grpcDiscoveryEndpoint", "grpcDiscoveryHealthIndicator", "grpcDiscoveryMetrics",
					"grpcDiscoverySanitizingFunction");
	}

	@Test
	void startsWithMicrometerButWithoutTheActuator() throws Exception {
		assertThat(beansWithout("spring-boot-actuator|spring-boot-health", LOCAL + this.directory))
			.contains("localRegistry", "netDevhServerListener", "grpcDiscoveryMetrics")
			.doesNotContain("grpcDiscoveryEndpoint", "grpcDiscoveryHealthIndicator");
	}

	@Test
	void startsWithoutTheClientLibraryOfEtcd() throws Exception {
		assertThat(beansWithout("jetcd|vertx", LOCAL + this.directory)).contains("localRegistry");
	}

	@Test
	void startsWithTheClientLibraryOfEtcdAlone() throws Exception {
		assertThat(beansWithout(CONSUL_CLIENT, "--grpc.discovery.etcd.endpoints=http://127.0.0.1:1"))
			.contains("etcdRegistry")
			.doesNotContain("consulRegistry");
	}

	@Test
	void startsWithTheClientLibraryOfConsulAlone() throws Exception {
		assertThat(
				beansWithout(ETCD_CLIENT, "--grpc.discovery.consul.host=127.0.0.1", "--grpc.discovery.consul.port=1"))
			.contains("consulRegistry")
			.doesNotContain("etcdRegistry");
	}

	@Test
	void startsWithoutSpringSecurity() throws Exception {
		assertThat(beansWithout("spring-security", LOCAL + this.directory)).contains("netDevhServerListener");
	}

	@Test
	void startsWithNetDevhsServerAlone() throws Exception {
		assertThat(beansWithout("grpc-client-spring-boot|spring-boot-grpc|spring-grpc", LOCAL + this.directory))
			.contains("localRegistry", "netDevhServerListener")
			.doesNotContain("discoveryGrpcChannelConfigurer");
	}

	@Test
	void startsWithNetDevhsClientAlone() throws Exception {
		assertThat(beansWithout("grpc-server-spring-boot|spring-boot-grpc|spring-grpc", LOCAL + this.directory))
			.contains("localRegistry", "discoveryGrpcChannelConfigurer")
			.doesNotContain("netDevhServerListener");
	}

	@Test
	void startsWithSpringBootsOwnGrpcAlone() throws Exception {
		assertThat(beansWithout("net/devh/", "--spring.grpc.client.enabled=true", "--spring.grpc.server.enabled=true",
				LOCAL + this.directory))
			.contains("localRegistry", "springGrpcServerListener", "discoveryGrpcChannelBuilderCustomizer",
					"discoverySpringGrpcChannels")
			.noneMatch((bean) -> bean.contains("etDevhC") || bean.contains("etDevhS"));
	}

	@Test
	void startsWithSpringBootsOwnGrpcAndWithoutTheActuator() throws Exception {
		assertThat(beansWithout("net/devh/|" + ACTUATOR, "--spring.grpc.client.enabled=true",
				"--spring.grpc.server.enabled=true", LOCAL + this.directory))
			.contains("localRegistry", "springGrpcServerListener", "discoveryGrpcChannelBuilderCustomizer")
			.doesNotContain("grpcDiscoveryEndpoint", "grpcDiscoveryHealthIndicator");
	}

	@Test
	void startsWithSpringBootsOwnGrpcServerAlone() throws Exception {
		assertThat(beansWithout("net/devh/|spring-boot-grpc-client", LOCAL + this.directory))
			.contains("springGrpcServerListener")
			.doesNotContain("discoveryGrpcChannelBuilderCustomizer", "discoverySpringGrpcChannels");
	}

	@Test
	void startsWithSpringBootsOwnGrpcClientAlone() throws Exception {
		assertThat(beansWithout("net/devh/|spring-boot-grpc-server|grpc-services", "--spring.grpc.client.enabled=true",
				LOCAL + this.directory))
			.contains("discoveryGrpcChannelBuilderCustomizer", "discoverySpringGrpcChannels")
			.doesNotContain("leavingGrpcHealthPostProcessor");
	}

	@Test
	void switchedOffItLeavesNothingBehind() throws Exception {
		List<String> before = beansWithout("discovery-autoconfigure/target/classes");
		List<String> off = beansWithout("nothing", "--grpc.discovery.enabled=false", LOCAL + this.directory);
		assertThat(before).contains("grpcChannelsProperties").noneMatch((bean) -> bean.contains("grpcdiscovery"));
		// only what mends net.devh on Spring Boot 4, what hides secrets, and our
		// annotation
		assertThat(off).filteredOn((bean) -> bean.startsWith("io.github.grpcdiscovery."))
			.allMatch((bean) -> bean.matches(
					".*[.](NetDevhObservationOrder|NetDevh(Client|Server)Metrics|DiscoverySettingsAuto|DiscoverySanitizing|GrpcClientInjection|(NetDevh|SpringGrpc)Injection|ReducedClassPathTests).*"));
	}

	private static List<String> beansWithout(String excluded, String... arguments) throws Exception {
		Pattern pattern = Pattern.compile(excluded);
		URL[] urls = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !pattern.matcher(entry).find())
			.map(ReducedClassPathTests::url)
			.toArray(URL[]::new);
		ClassLoader before = Thread.currentThread().getContextClassLoader();
		try (URLClassLoader reduced = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
			Thread.currentThread().setContextClassLoader(reduced);
			Class<?> application = reduced.loadClass(Application.class.getName());
			return List.of((String[]) application.getMethod("beans", String[].class).invoke(null, (Object) arguments));
		}
		finally {
			Thread.currentThread().setContextClassLoader(before);
		}
	}

	private static URL url(String entry) {
		try {
			return Path.of(entry).toUri().toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Runs inside the reduced class path.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	public static class Application {

		public static String[] beans(String[] arguments) {
			Set<String> defaults = Set.of("spring.application.name=reduced", "grpc.server.port=-1",
					"spring.grpc.server.enabled=false", "spring.grpc.client.enabled=false",
					"spring.main.banner-mode=off", "spring.main.register-shutdown-hook=false");
			try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
				.properties(defaults.toArray(String[]::new))
				.run(arguments)) {
				return context.getBeanDefinitionNames();
			}
		}

	}

}
