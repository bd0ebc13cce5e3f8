package io.github.grpcdiscovery.testsupport;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ManagedProcessTests {

	private static final String COUNTING = "i=0; while :; do i=$((i+1)); echo line $i; sleep 0.01; done";

	@Test
	void capturesBothStreams() {
		try (ManagedProcess process = shell("echo to out; echo to err >&2; exec sleep 60")) {
			process.waitForLine("to err");
			assertThat(process.output()).isEqualTo("to out\nto err\n");
			assertThat(process.isAlive()).isTrue();
		}
	}

	@Test
	void failureShowsTheEndOfTheOutput() {
		try (ManagedProcess process = shell("echo bad flag; exit 3")) {
			assertThatIllegalStateException().isThrownBy(() -> process.waitForPort(1))
				.withMessageStartingWith("shell ended with 3 before it listens on port 1")
				.withMessageEndingWith("bad flag");
		}
	}

	@Test
	void pausedProcessStandsStillUntilItIsResumed() {
		try (ManagedProcess process = shell(COUNTING)) {
			process.waitForLine("line 3");
			process.pause();
			AtomicReference<String> before = new AtomicReference<>(process.output());
			// what it was writing when it was told to stop may come a moment later
			Conditions.await().during(Duration.ofMillis(200)).until(() -> {
				String now = process.output();
				return now.equals(before.getAndSet(now));
			});
			process.resume();
			Conditions.eventually(() -> assertThat(process.output()).hasSizeGreaterThan(before.get().length()));
		}
	}

	@Test
	void pausedProcessCanBeKilled() {
		try (ManagedProcess process = shell("exec sleep 60")) {
			process.pause();
			process.kill();
			assertThat(process.waitForExit(Duration.ofSeconds(30))).isEqualTo(128 + 9);
		}
	}

	@Test
	void terminateLetsTheProcessTidyUp() {
		try (ManagedProcess process = shell(
				"trap 'echo tidy; exit 7' TERM; echo ready; while :; do sleep 0.01; done")) {
			process.waitForLine("ready");
			process.terminate();
			assertThat(process.waitForExit(Duration.ofSeconds(30))).isEqualTo(7);
			assertThat(process.output()).endsWith("tidy\n");
		}
	}

	@Test
	void processOutlivesTheThreadThatStartedIt() throws InterruptedException {
		ManagedProcess[] started = new ManagedProcess[1];
		Thread thread = new Thread(() -> started[0] = shell(COUNTING));
		thread.start();
		thread.join();
		try (ManagedProcess process = started[0]) {
			process.waitForLine("line 5");
			assertThat(process.isAlive()).isTrue();
		}
	}

	@Test
	void nextProcessInTheSameLogSeesItsOwnOutputOnly(@TempDir Path directory) {
		Path log = directory.resolve("log");
		for (String word : new String[] { "one", "two" }) {
			try (ManagedProcess process = ManagedProcess.command("shell", "sh", "-c", "echo $WORD")
				.environment("WORD", word)
				.log(log)
				.start()) {
				process.waitForExit(Duration.ofSeconds(30));
				assertThat(process.output()).isEqualTo(word + "\n");
			}
		}
		assertThat(log).hasContent("one\ntwo\n");
	}

	private static ManagedProcess shell(String script) {
		return ManagedProcess.command("shell", "sh", "-c", script).start();
	}

}
