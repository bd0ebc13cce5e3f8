package io.github.grpcdiscovery.samples.plain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.ManagedProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample as it is shown in the docs, on a real etcd.
 */
class PlainJavaTests {

	private static final Path SOURCES = Path.of("src/main/java/io/github/grpcdiscovery/samples/plain");

	@Test
	void clientCallsAllServersAndNoneThatHasLeft() throws Exception {
		List<List<String>> lists = new CopyOnWriteArrayList<>();
		try (EtcdServer etcd = EtcdServer.started();
				TagServer first = TagServer.start(etcd.endpoint(), "127.0.0.1", 0);
				TagClient client = new TagClient(etcd.endpoint());
				Subscription following = client.follow((servers) -> lists.add(addresses(servers)))) {
			String second;
			try (TagServer leaving = TagServer.start(etcd.endpoint(), "127.0.0.1", 0)) {
				second = leaving.address();
				Set<String> answered = new HashSet<>();
				Conditions.eventually(() -> {
					answered.add(client.call());
					assertThat(answered).containsExactlyInAnyOrder(first.address(), second);
				});
			}
			Conditions.eventually(() -> assertThat(lists.get(lists.size() - 1)).containsExactly(first.address()));
			assertThat(Stream.generate(client::call).limit(10)).containsOnly(first.address());
			assertThat(lists).anySatisfy((list) -> assertThat(list).contains(first.address(), second));
		}
	}

	@Test
	void processesRegisterCallAndLeave() {
		try (EtcdServer etcd = EtcdServer.started();
				ManagedProcess server = java("server", etcd.endpoint().toString(), "127.0.0.1", "0")) {
			server.waitForLine("Serving at 127.0.0.1:");
			try (ManagedProcess client = java("client", etcd.endpoint().toString(), "20")) {
				assertThat(client.waitForExit(Duration.ofSeconds(60))).isZero();
				assertThat(client.output()).contains("Servers: [127.0.0.1:")
					.contains(" answered 20")
					.doesNotContain("DEBUG");
			}
			assertThat(etcd.get(TagServer.SERVICE)).hasSize(1);
			server.terminate();
			server.waitForExit(Duration.ofSeconds(60));
			assertThat(etcd.get(TagServer.SERVICE)).isEmpty();
		}
	}

	@Test
	void wrongArgumentsAreAnsweredByTheRightOnes() {
		try (ManagedProcess process = java("serve")) {
			assertThat(process.waitForExit(Duration.ofSeconds(60))).isEqualTo(2);
			assertThat(process.output()).contains("usage:", "server ETCD HOST PORT", "client ETCD CALLS");
		}
	}

	@Test
	void thePageInTheDocsShowsTheCodeOfTheSample() throws IOException {
		String sample = text(Files.readString(SOURCES.resolve("TagServer.java")))
				+ text(Files.readString(SOURCES.resolve("TagClient.java")));
		List<String> shown = Pattern.compile("(?s)```java\\n(.*?)```")
			.matcher(Files.readString(Path.of("..", "docs", "plain-java.md")))
			.results()
			.map((block) -> text(block.group(1)))
			.toList();
		assertThat(shown).hasSizeGreaterThan(3).allSatisfy((block) -> assertThat(sample).contains(block));
	}

	private static String text(String code) {
		return code.replaceAll("\\s+", " ");
	}

	private static List<String> addresses(List<ServiceInstance> servers) {
		return servers.stream().map((server) -> server.address().toString()).toList();
	}

	private static ManagedProcess java(String... arguments) {
		return ManagedProcess.java(arguments[0], List.of(), PlainJava.class, arguments).start();
	}

}
