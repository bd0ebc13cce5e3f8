package io.github.grpcdiscovery.benchmarks.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;

import io.github.grpcdiscovery.benchmarks.Pause;
import io.github.grpcdiscovery.testsupport.ManagedProcess;

/**
 * The application as a client under load, and the calls that it made. For one thread.
 */
final class PeerClient implements AutoCloseable {

	private final ManagedProcess process;

	private final BufferedReader output;

	private final StringBuilder partial = new StringBuilder();

	private final List<Call> calls = new ArrayList<>();

	PeerClient(ManagedProcess process) {
		this.process = process;
		try {
			this.output = Files.newBufferedReader(process.log());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static long now() {
		return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
	}

	/** Waits until servers have answered all calls for a while. */
	void waitForCalm(Duration calm) {
		long[] since = { now() };
		Pause.until("calls that do not fail for " + calm, () -> {
			List<Call> all = calls();
			long lastFailure = all.stream().filter((call) -> !call.answered()).mapToLong(Call::ended).max().orElse(0);
			since[0] = Math.max(since[0], lastFailure);
			return !all.isEmpty() && all.get(all.size() - 1).ended() - since[0] > calm.toNanos() / 1000;
		});
	}

	/**
	 * When the server answered its first call.
	 * @param atMost how long to wait for it
	 * @return in microseconds since the epoch, if it did
	 */
	OptionalLong firstAnswerOf(PeerServer server, Duration atMost) {
		Predicate<Call> wanted = (call) -> call.answered() && call.what().equals(server.id());
		long end = System.nanoTime() + atMost.toNanos();
		while (System.nanoTime() < end) {
			OptionalLong found = calls().stream().filter(wanted).mapToLong(Call::ended).findFirst();
			if (found.isPresent()) {
				return found;
			}
			Pause.of(Duration.ofMillis(5));
		}
		return OptionalLong.empty();
	}

	/** Waits until the server answers, or did. */
	void waitForAnswerOf(PeerServer server) {
		if (firstAnswerOf(server, Duration.ofMinutes(1)).isEmpty()) {
			throw new IllegalStateException(server.id() + " answered no call within a minute\n" + this.process.tail());
		}
	}

	/** The calls that began since, or were under way then, and failed. */
	List<Call> failedSince(long micros) {
		return calls().stream().filter((call) -> !call.answered() && call.ended() >= micros).toList();
	}

	/** Forgets the calls so far. */
	void clear() {
		calls();
		this.calls.clear();
	}

	private List<Call> calls() {
		try {
			while (this.output.ready()) {
				int character = this.output.read();
				if (character == '\n') {
					String line = this.partial.toString();
					this.partial.setLength(0);
					if (line.startsWith("call ")) {
						this.calls.add(Call.parse(line));
					}
				}
				else if (character >= 0) {
					this.partial.append((char) character);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return this.calls;
	}

	@Override
	public void close() {
		this.process.close();
		try {
			this.output.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
