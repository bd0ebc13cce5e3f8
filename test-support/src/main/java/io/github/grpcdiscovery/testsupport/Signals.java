package io.github.grpcdiscovery.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The two signals that Java cannot send.
 */
final class Signals {

	private static final char STOPPED = 'T';

	private Signals() {
	}

	/**
	 * Sends SIGSTOP and waits until the process stands still.
	 * @param pid a process of ours
	 */
	static void pause(long pid) {
		send("STOP", pid);
		Conditions.await().until(() -> state(pid, STOPPED) == STOPPED);
	}

	/**
	 * Sends SIGCONT and waits until the process runs.
	 * @param pid a process of ours
	 */
	static void resume(long pid) {
		send("CONT", pid);
		Conditions.await().until(() -> state(pid, 'S') != STOPPED);
	}

	private static void send(String signal, long pid) {
		// The shell's own kill, since there may be no other.
		CommandResult result = CommandResult.of(List.of("sh", "-c", "kill -" + signal + " " + pid), Map.of(), null,
				Duration.ofSeconds(10));
		if (result.exitCode() != 0) {
			throw new IllegalStateException("kill -" + signal + " " + pid + ": " + result.standardError().strip());
		}
	}

	private static char state(long pid, char unknown) {
		try {
			String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
			return stat.charAt(stat.lastIndexOf(')') + 2);
		}
		catch (IOException ex) {
			return unknown; // No such file system here.
		}
	}

}
