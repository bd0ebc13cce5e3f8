package io.github.grpcdiscovery.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Fills an etcd up to its quota, and empties it again.
 */
final class EtcdQuota {

	private static final String PREFIX = "test-support-filling/";

	private static final int CHUNK = 512 * 1024;

	private static final int MOST_CHUNKS = 256;

	private EtcdQuota() {
	}

	static void fill(Etcdctl etcdctl) {
		try (TemporaryDirectory directory = TemporaryDirectory.create("filling")) {
			Path chunk = directory.resolve("chunk");
			Files.writeString(chunk, "x".repeat(CHUNK));
			for (int number = 0; number < MOST_CHUNKS; number++) {
				CommandResult put = etcdctl.tryToRun(chunk, "put", PREFIX + number);
				if (put.exitCode() != 0) {
					requireAlarm(etcdctl, put);
					return;
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		throw new IllegalStateException("quotaBackendBytes: more than " + CHUNK * MOST_CHUNKS / 1024 / 1024
				+ " MiB (expected: less, to be filled)");
	}

	private static void requireAlarm(Etcdctl etcdctl, CommandResult put) {
		Conditions.eventually(() -> {
			if (!etcdctl.run("alarm", "list").contains("NOSPACE")) {
				throw new AssertionError("A put failed without a NOSPACE alarm: " + put.standardError());
			}
		});
	}

	static void free(Etcdctl etcdctl, long revision) {
		etcdctl.run("del", "--prefix", PREFIX);
		etcdctl.run("compaction", "--physical=true", Long.toString(revision + 1));
		etcdctl.run("defrag");
		etcdctl.run("alarm", "disarm");
	}

}
