package io.github.grpcdiscovery.autoconfigure.netdevh;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;

import javax.tools.ToolProvider;

import net.devh.boot.grpc.client.autoconfigure.GrpcClientMetricAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

@ExtendWith(OutputCaptureExtension.class)
class NetDevhImportFilterTests {

	private static final String SECURITY = "net.devh.boot.grpc.server.autoconfigure.GrpcServerSecurityAutoConfiguration";

	private static final String CONSUL = "net.devh.boot.grpc.server.autoconfigure.GrpcMetadataConsulConfiguration";

	private static final String METRICS = "net.devh.boot.grpc.server.autoconfigure.GrpcServerMetricAutoConfiguration";

	private static final String CLIENT_METRICS = GrpcClientMetricAutoConfiguration.class.getName();

	private static final String OUR_METRICS = NetDevhServerMetricsAutoConfiguration.class.getName();

	private static final String OUR_CLIENT_METRICS = NetDevhClientMetricsAutoConfiguration.class.getName();

	@TempDir
	private Path classes;

	@Test
	void isRegistered() {
		assertThat(SpringFactoriesLoader.forDefaultResourceLocation().load(AutoConfigurationImportFilter.class))
			.hasAtLeastOneElementOfType(NetDevhImportFilter.class);
	}

	@Test
	void leavesAllInWhereNothingWouldCrash(CapturedOutput output) {
		ClassLoader classLoader = new FilteredClassLoader("org.springframework.security");
		assertThat(match(classLoader, SECURITY, CONSUL, "some.other.AutoConfiguration", null)).containsOnly(true);
		assertThat(output).doesNotContain("Left out");
	}

	@Test
	void leavesOutSecurityWhereAClassThatMovedIsMissing(CapturedOutput output) throws IOException {
		try (URLClassLoader classLoader = classLoader()) {
			assertThat(match(classLoader, SECURITY, CONSUL)).containsExactly(false, true);
		}
		assertThat(output).doesNotContain(SECURITY);
		define("org.springframework.security.access.AccessDecisionManager", "");
		try (URLClassLoader classLoader = classLoader()) {
			assertThat(match(classLoader, SECURITY)).containsExactly(true);
		}
	}

	@Test
	void leavesOutConsulWhereItsRegistrationHasAnotherShape(CapturedOutput output) throws IOException {
		define("org.springframework.cloud.consul.serviceregistry.ConsulRegistration",
				"public String getService() { return null; }");
		try (URLClassLoader classLoader = classLoader()) {
			assertThat(match(classLoader, CONSUL)).containsExactly(false);
		}
		assertThat(output).containsOnlyOnce("Left out " + CONSUL);
	}

	@Test
	void leavesConsulInWhereItsRegistrationIsTheExpectedOne() throws IOException {
		define("org.springframework.cloud.consul.serviceregistry.ConsulRegistration",
				"public com.ecwid.consul.v1.agent.model.NewService getService() { return null; }");
		try (URLClassLoader classLoader = classLoader()) {
			assertThat(match(classLoader, CONSUL)).containsExactly(true);
		}
	}

	@Test
	void metersOfOursStandForThoseOfNetDevh() {
		ClassLoader classLoader = getClass().getClassLoader();
		assertThat(match(classLoader, METRICS, OUR_METRICS, CLIENT_METRICS, OUR_CLIENT_METRICS)).containsExactly(false,
				true, false, true);
		assertThat(match(classLoader, OUR_METRICS)).containsExactly(true);
	}

	@Test
	void metersOfNetDevhThatAreExcludedExcludeOurs() {
		assertThat(match(getClass().getClassLoader(), CLIENT_METRICS, OUR_METRICS, OUR_CLIENT_METRICS))
			.containsExactly(false, false, true);
	}

	private static boolean[] match(ClassLoader classLoader, String... names) {
		NetDevhImportFilter filter = new NetDevhImportFilter();
		filter.setBeanClassLoader(classLoader);
		return filter.match(names, mock(AutoConfigurationMetadata.class));
	}

	private void define(String name, String body) throws IOException {
		int dot = name.lastIndexOf('.');
		Path source = this.classes.resolve(name.replace('.', '/') + ".java");
		Files.createDirectories(source.getParent());
		Files.writeString(source,
				"package %s; public class %s { %s }".formatted(name.substring(0, dot), name.substring(dot + 1), body));
		String[] arguments = { "-proc:none", "-d", this.classes.toString(), "-cp",
				System.getProperty("java.class.path"), source.toString() };
		assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments)).isZero();
	}

	private URLClassLoader classLoader() throws IOException {
		return new URLClassLoader(new URL[] { this.classes.toUri().toURL() });
	}

}
