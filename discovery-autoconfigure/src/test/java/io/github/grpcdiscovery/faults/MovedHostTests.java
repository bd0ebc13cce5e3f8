package io.github.grpcdiscovery.faults;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.FreePorts;
import io.github.grpcdiscovery.testsupport.ManagedProcess;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An instance is registered by a host name. The JVM that calls it keeps what a name
 * resolves to for 30 seconds, and for ten that it does not resolve.
 */
@Timeout(600)
class MovedHostTests {

	private static final String HOST = "echo.test";

	@TempDir
	private Path directory;

	private Path hosts;

	@BeforeEach
	void resolveNothing() throws IOException {
		this.hosts = this.directory.resolve("hosts");
		resolve();
	}

	@Test
	@Tag("long")
	@Tag("long-3")
	@Proves("F72")
	void hostThatMovesIsFollowed(TestReporter reporter) throws IOException {
		resolve("127.0.0.1");
		try (EtcdServer etcd = EtcdServer.started();
				LocalEcho before = new LocalEcho("before", new InetSocketAddress("127.0.0.1", FreePorts.next()))) {
			register(etcd, before);
			try (ManagedProcess caller = CallingProcess.start(etcd.endpoint(), this.hosts);
					LocalEcho after = new LocalEcho("after", new InetSocketAddress("127.0.0.2", before.port()))) {
				assertThat(after.port()).isEqualTo(before.port());
				answered(caller, "before", Duration.ofSeconds(120));
				resolve("127.0.0.2");
				before.close();
				long moved = System.nanoTime();
				answered(caller, "after", Duration.ofSeconds(120));
				reporter.publishEntry(Proves.MEASURED, "a host moves: called again after %d s".formatted(since(moved)));
			}
		}
	}

	@Test
	@Proves("F72")
	void hostThatResolvesLateIsCalledThen(TestReporter reporter) throws IOException {
		try (EtcdServer etcd = EtcdServer.started(); LocalEcho echo = new LocalEcho("echo")) {
			register(etcd, echo);
			try (ManagedProcess caller = CallingProcess.start(etcd.endpoint(), this.hosts)) {
				caller.waitUntil("a call has failed", () -> caller.output().contains("failed: "));
				assertThat(caller.output()).contains("'" + HOST + "' does not resolve");
				resolve("127.0.0.1");
				long resolves = System.nanoTime();
				answered(caller, "echo", Duration.ofSeconds(120));
				reporter.publishEntry(Proves.MEASURED,
						"a name resolves late: called after %d s".formatted(since(resolves)));
			}
		}
	}

	@Test
	@Proves("F72")
	void hostOfTwoAddressesOfWhichOneIsDeadFailsNoCall() throws IOException {
		resolve("127.0.0.2", "127.0.0.1");
		try (EtcdServer etcd = EtcdServer.started(); LocalEcho echo = new LocalEcho("echo")) {
			register(etcd, echo);
			try (ManagedProcess caller = CallingProcess.start(etcd.endpoint(), this.hosts)) {
				caller.waitUntil("a hundred calls are answered",
						() -> caller.output().lines().filter("answered: echo"::equals).count() > 100);
				assertThat(caller.output()).doesNotContain("failed: ");
			}
		}
	}

	private static void register(EtcdServer etcd, LocalEcho echo) {
		etcd.put("echo/1", "{\"Addr\":\"%s:%d\"}".formatted(HOST, echo.port()));
	}

	// as another would move it: there is no moment without the file
	private void resolve(String... addresses) throws IOException {
		Path next = this.directory.resolve("hosts.next");
		Files.write(next, List.of(addresses).stream().map((address) -> address + " " + HOST).toList());
		Files.move(next, this.hosts, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
	}

	private static void answered(ManagedProcess caller, String name, Duration atMost) {
		Conditions.await(atMost)
			.until(() -> caller.output().lines().reduce("", (before, line) -> line).equals("answered: " + name));
	}

	private static long since(long nanos) {
		return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - nanos);
	}

}
