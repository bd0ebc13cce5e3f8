package io.github.grpcdiscovery;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.FreePorts;

import static org.assertj.core.api.Assertions.assertThat;

class TcpReachabilityProbeTests {

	private final TcpReachabilityProbe reachability = new TcpReachabilityProbe(true);

	@Test
	void tellsWhereNobodyListensAndTakesNoUnknownNameForThat() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			HostAndPort there = new HostAndPort("127.0.0.1", socket.getLocalPort());
			HostAndPort refused = new HostAndPort("127.0.0.1", FreePorts.next());
			HostAndPort unknown = new HostAndPort("no-such-host.invalid", 9090);
			assertThat(absent(List.of(there, refused, unknown))).containsExactly(refused);
		}
	}

	@Test
	void asksManyAtATimeAndNotMore() {
		List<HostAndPort> many = new ArrayList<>();
		for (int i = 0; i < TcpReachabilityProbe.MAX + 50; i++) {
			many.add(new HostAndPort("127.1.%d.%d".formatted(i / 250, i % 250 + 1), 1));
		}
		assertThat(absent(many)).hasSize(TcpReachabilityProbe.MAX);
	}

	@Test
	void addressThatCannotBeAskedSpoilsNoAnswer() throws IOException {
		HostAndPort refused = new HostAndPort("127.0.0.1", FreePorts.next());
		HostAndPort broadcast = new HostAndPort("255.255.255.255", 9090);
		assertThat(absent(List.of(broadcast, refused))).containsExactly(refused);
	}

	@Test
	void nobodyIsAbsentIfNobodyIsAskedFor() {
		assertThat(absent(List.of())).isEmpty();
	}

	@Test
	void silenceIsNoRefusal() throws IOException {
		try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				Socket first = new Socket(full.getInetAddress(), full.getLocalPort());
				Socket second = new Socket(full.getInetAddress(), full.getLocalPort())) {
			// whose queue is full drops what comes, as a firewall does
			HostAndPort silent = new HostAndPort("127.0.0.1", full.getLocalPort());
			HostAndPort refused = new HostAndPort("127.0.0.1", FreePorts.next());
			HostAndPort unknown = new HostAndPort("no-such-host.invalid", 9090);
			List<HostAndPort> all = List.of(silent, refused, unknown);
			assertThat(List.of(first, second)).allMatch(Socket::isConnected);
			assertThat(absent(all)).containsExactlyInAnyOrder(silent, refused);
			assertThat(absent(new TcpReachabilityProbe(false), all)).containsExactly(refused);
		}
	}

	@Test
	void servicesThatNobodyAnswersForKeepNobodyWaiting() throws IOException {
		try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				Socket first = new Socket(full.getInetAddress(), full.getLocalPort());
				Socket second = new Socket(full.getInetAddress(), full.getLocalPort())) {
			assertThat(List.of(first, second)).allMatch(Socket::isConnected);
			HostAndPort silent = new HostAndPort("127.0.0.1", full.getLocalPort());
			for (int service = 0; service < 100; service++) {
				this.reachability.check(List.of(silent), (absent) -> {
				});
			}
			HostAndPort refused = new HostAndPort("127.0.0.1", FreePorts.next());
			// one after the other would take two seconds each
			assertThat(absent(List.of(refused))).containsExactly(refused);
		}
	}

	private Set<HostAndPort> absent(List<HostAndPort> addresses) {
		return absent(this.reachability, addresses);
	}

	private static Set<HostAndPort> absent(ReachabilityProbe reachability, List<HostAndPort> addresses) {
		CompletableFuture<Set<HostAndPort>> answer = new CompletableFuture<>();
		reachability.check(addresses, answer::complete);
		assertThat(answer).succeedsWithin(Conditions.scaled(Duration.ofSeconds(60)));
		return answer.join();
	}

}
