package io.github.grpcdiscovery.testsupport.reliability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import static org.assertj.core.api.Assertions.assertThat;

class RegistryRunRecorderTests {

	@TempDir
	private Path directory;

	@Test
	void recordsWhatUsedTheRegistryAndWhatFailed() throws IOException {
		assertThat(run(RegistryUsers.Sample.class)).containsExactlyInAnyOrder(
				"etcd-3.5.35\tRegistryUsers$Sample\t[1] registry = \"etcd\"\tpassed",
				"etcd-3.5.35\tRegistryUsers$Sample\tusesAndIsSkipped()\tskipped",
				"etcd-3.5.35\tRegistryUsers$Sample\tfails()\tfailed");
	}

	@Test
	void testsOfAClassThatUsesTheRegistryUseItToo() throws IOException {
		assertThat(run(RegistryUsers.Shared.class))
			.containsExactly("etcd-3.5.35\tRegistryUsers$Shared\tpasses()\tpassed");
	}

	@Test
	void classOfTheOtherRegistryIsLeftOutEvenIfItCannotStopWhatItNeverStarted() throws IOException {
		assertThat(run(RegistryUsers.OfTheOtherRegistry.class)).isEmpty();
	}

	@Test
	void testThatNeedsNoRegistryIsLeftOut() throws IOException {
		assertThat(run(RegistryUsers.Unit.class)).isEmpty();
	}

	private List<String> run(Class<?> type) throws IOException {
		Launcher launcher = LauncherFactory
			.create(LauncherConfig.builder().enableTestExecutionListenerAutoRegistration(false).build());
		LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
			.selectors(DiscoverySelectors.selectClass(type))
			.build();
		launcher.execute(request, new RegistryRunRecorder(RegistryUsers.ETCD, this.directory.toString()));
		List<String> lines = new ArrayList<>();
		try (Stream<Path> files = Files.list(this.directory)) {
			for (Path file : files.toList()) {
				lines.addAll(Files.readAllLines(file));
			}
		}
		assertThat(lines).allMatch((line) -> line.matches(".*\t\\d+"));
		return lines.stream().map((line) -> line.substring(0, line.lastIndexOf('\t'))).toList();
	}

}
