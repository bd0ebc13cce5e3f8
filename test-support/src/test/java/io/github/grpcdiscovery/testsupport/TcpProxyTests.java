package io.github.grpcdiscovery.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TcpProxyTests {

	private ServerSocket echo;

	private TcpProxy proxy;

	@BeforeEach
	void start() throws IOException {
		this.echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		daemon(() -> {
			while (true) {
				Socket socket = this.echo.accept();
				daemon(() -> {
					try (socket) {
						socket.getInputStream().transferTo(socket.getOutputStream());
					}
				});
			}
		});
		this.proxy = TcpProxy.to(this.echo.getLocalPort());
	}

	@AfterEach
	void close() throws IOException {
		this.proxy.close();
		this.echo.close();
	}

	@Test
	void passesBytesInBothDirections() throws IOException {
		try (Socket client = connect()) {
			assertThat(say(client, "hello")).isEqualTo("hello");
			assertThat(this.proxy.connections()).isEqualTo(1);
			assertThat(this.proxy.openConnections()).isEqualTo(1);
		}
		Conditions.eventually(() -> assertThat(this.proxy.openConnections()).isZero());
	}

	@Test
	void freezePresentSilencesPresentConnectionsOnly() throws IOException {
		try (Socket before = connect()) {
			assertThat(say(before, "hello")).isEqualTo("hello");
			this.proxy.freezePresent();
			try (Socket after = connect()) {
				assertThat(say(after, "hello")).isEqualTo("hello");
			}
			before.setSoTimeout(200);
			before.getOutputStream().write(1);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> before.getInputStream().read());
			assertThat(this.proxy.openConnections()).isPositive();
		}
	}

	@Test
	void cutEndsPresentConnectionsOnly() throws IOException {
		try (Socket before = connect()) {
			say(before, "hello");
			this.proxy.cut();
			assertThat(before.getInputStream().read()).isEqualTo(-1);
			try (Socket after = connect()) {
				assertThat(say(after, "again")).isEqualTo("again");
			}
		}
	}

	@Test
	void finishedConnectionEndsInOrderWhateverTheClientStillSends() throws IOException {
		try (Socket before = connect()) {
			say(before, "hello");
			this.proxy.finish();
			assertThat(before.getInputStream().read()).isEqualTo(-1);
			before.getOutputStream().write(bytes("nobody reads this"));
			before.getOutputStream().write(bytes("and it does no harm"));
			before.shutdownOutput();
			assertThat(before.getInputStream().read()).isEqualTo(-1);
			Conditions.eventually(() -> assertThat(threads("tcp-proxy-1-")).isZero());
			try (Socket after = connect()) {
				assertThat(say(after, "again")).isEqualTo("again");
			}
		}
	}

	@Test
	void refusesNewConnectionsUntilItAcceptsThem() throws IOException {
		try (Socket before = connect()) {
			say(before, "hello");
			this.proxy.refuse();
			assertThatExceptionOfType(ConnectException.class).isThrownBy(this::connect);
			assertThat(say(before, "still there")).isEqualTo("still there");
			this.proxy.accept();
			try (Socket after = connect()) {
				assertThat(say(after, "again")).isEqualTo("again");
			}
		}
	}

	@Test
	void frozenProxyKeepsConnectionsAndHoldsBytesBack() throws IOException {
		try (Socket client = connect()) {
			say(client, "hello");
			this.proxy.freeze();
			client.setSoTimeout(100);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> say(client, "held"));
			try (Socket late = connect()) {
				late.setSoTimeout(100);
				assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> say(late, "late"));
			}
			this.proxy.thaw();
			client.setSoTimeout(30_000);
			assertThat(read(client, 4)).isEqualTo("held");
		}
	}

	@Test
	void frozenConnectionCanBeCut() throws IOException {
		try (Socket client = connect()) {
			say(client, "hello");
			this.proxy.freeze();
			client.getOutputStream().write(1);
			this.proxy.cut();
			assertThat(client.getInputStream().read()).isEqualTo(-1);
			Conditions.eventually(() -> assertThat(threads("tcp-proxy-1-")).isZero());
		}
	}

	@Test
	void cutsTheChosenConnectionAfterExactlySoManyBytes() throws IOException {
		this.proxy.cutAfterBytes(2, 7);
		try (Socket first = connect(); Socket second = connect()) {
			assertThat(say(first, "0123456789")).isEqualTo("0123456789");
			second.getOutputStream().write(bytes("0123456789"));
			assertThat(second.getInputStream().readAllBytes()).isEqualTo(bytes("0123456"));
			assertThat(say(first, "unharmed")).isEqualTo("unharmed");
		}
	}

	@Test
	void cutsTheNextOrEachConnection() throws IOException {
		this.proxy.cutNextAfterBytes(1);
		try (Socket client = connect()) {
			client.getOutputStream().write(bytes("ab"));
			assertThat(client.getInputStream().readAllBytes()).isEqualTo(bytes("a"));
		}
		this.proxy.cutEachAfterBytes(2);
		try (Socket client = connect()) {
			client.getOutputStream().write(bytes("abc"));
			assertThat(client.getInputStream().readAllBytes()).isEqualTo(bytes("ab"));
		}
	}

	@Test
	void delaysBothDirections() throws IOException {
		try (Socket client = connect()) {
			say(client, "hello");
			this.proxy.delay(Duration.ofMillis(50));
			long start = System.nanoTime();
			say(client, "slow");
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
		}
	}

	@Test
	void closesTheConnectionWhenTheServerIsNotThere() throws IOException {
		this.proxy.target(FreePorts.next());
		try (Socket client = connect()) {
			assertThat(client.getInputStream().read()).isEqualTo(-1);
		}
	}

	@Test
	void remembersWhatEachClientSaidFirst() throws IOException {
		this.proxy.freeze();
		try (Socket client = connect()) {
			client.getOutputStream().write(new byte[] { 0x16, 3, 1 });
			Conditions.eventually(() -> assertThat(this.proxy.firstClientBytes()).singleElement()
				.satisfies((bytes) -> assertThat(bytes).containsExactly(0x16, 3, 1)));
		}
	}

	private Socket connect() throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.proxy.port());
		socket.setSoTimeout(30_000);
		return socket;
	}

	private static String say(Socket socket, String text) throws IOException {
		OutputStream out = socket.getOutputStream();
		out.write(bytes(text));
		return read(socket, text.length());
	}

	private static String read(Socket socket, int length) throws IOException {
		InputStream in = socket.getInputStream();
		return new String(in.readNBytes(length), StandardCharsets.UTF_8);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static long threads(String prefix) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith(prefix))
			.count();
	}

	private static void daemon(Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (IOException ex) {
				// The test is over.
			}
		});
		thread.setDaemon(true);
		thread.start();
	}

	@FunctionalInterface
	private interface Task {

		void run() throws IOException;

	}

}
