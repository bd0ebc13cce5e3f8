package io.github.grpcdiscovery.testsupport;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ProcessesTests {

	// What a killed JVM leaves behind goes with it.
	@TempDir
	private Path directory;

	@Test
	void childDiesWithJvmThatIsKilled() {
		long child = pidOfChildAfter(ManagedProcess::kill);
		Conditions.await().until(() -> !isAlive(child));
	}

	@Test
	void childDiesWithJvmThatEnds() {
		long child = pidOfChildAfter((jvm) -> {
			jvm.terminate();
			jvm.waitForExit(Duration.ofMinutes(1));
		});
		Conditions.await().until(() -> !isAlive(child));
	}

	private long pidOfChildAfter(Consumer<ManagedProcess> end) {
		try (ManagedProcess jvm = ManagedProcess
			.java("jvm", List.of("-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=" + this.directory), JvmWithChild.class)
			.start()) {
			jvm.waitForLine("child ");
			long pid = Long.parseLong(jvm.output().lines().findFirst().orElseThrow().substring("child ".length()));
			assertThat(isAlive(pid)).isTrue();
			end.accept(jvm);
			return pid;
		}
	}

	private static boolean isAlive(long pid) {
		Optional<ProcessHandle> handle = ProcessHandle.of(pid);
		return handle.isPresent() && handle.get().isAlive();
	}

}
