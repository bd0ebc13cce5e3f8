package io.github.grpcdiscovery.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * One connection through a {@link TcpProxy}: two threads, one for each direction, which
 * end with it.
 */
final class ProxiedConnection {

	private static final int CHUNK = 16 * 1024;

	private static final int CONNECT_TIMEOUT_MILLIS = 30_000;

	private final int number;

	private final Socket client;

	private final Socket server = new Socket();

	private final Gate gate;

	private final Gate ownGate = new Gate();

	// How many bytes of the server may pass before the connection is cut.
	private final LongSupplier limit;

	private volatile byte[] firstClientBytes = new byte[0];

	private volatile boolean closed;

	private volatile boolean finished;

	ProxiedConnection(int number, Socket client, Gate gate, LongSupplier limit) {
		this.number = number;
		this.client = client;
		this.gate = gate;
		this.limit = limit;
	}

	void start(int targetPort) {
		thread("client", () -> {
			try {
				InetSocketAddress target = new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort);
				this.server.connect(target, CONNECT_TIMEOUT_MILLIS);
				this.client.setTcpNoDelay(true);
				this.server.setTcpNoDelay(true);
				thread("server", this::forwardToClient);
				forwardToServer();
			}
			catch (IOException ex) {
				if (!this.finished) {
					close(); // The server is not there: the client gets what it would
								// get from a crashed one.
				}
			}
			if (this.finished) {
				drain();
			}
		});
	}

	private void thread(String side, Runnable task) {
		Thread thread = new Thread(task, "tcp-proxy-" + this.number + "-" + side);
		thread.setDaemon(true);
		thread.start();
	}

	private void forwardToServer() throws IOException {
		InputStream in = this.client.getInputStream();
		OutputStream out = this.server.getOutputStream();
		byte[] buffer = new byte[CHUNK];
		for (int count = in.read(buffer); count != -1; count = in.read(buffer)) {
			if (this.firstClientBytes.length == 0) {
				this.firstClientBytes = Arrays.copyOf(buffer, count);
			}
			if (!pass()) {
				return;
			}
			out.write(buffer, 0, count);
		}
		if (pass()) {
			this.server.shutdownOutput();
		}
	}

	// a socket that is closed with unread bytes is reset
	private void drain() {
		byte[] buffer = new byte[CHUNK];
		try {
			InputStream in = this.client.getInputStream();
			while (in.read(buffer) != -1) {
				continue;
			}
		}
		catch (IOException ex) {
			// The client is gone, too.
		}
		closeQuietly(this.client);
	}

	private void forwardToClient() {
		byte[] buffer = new byte[CHUNK];
		long passed = 0;
		try {
			InputStream in = this.server.getInputStream();
			OutputStream out = this.client.getOutputStream();
			for (int count = in.read(buffer); count != -1 && pass(); count = in.read(buffer)) {
				long allowed = this.limit.getAsLong() - passed;
				out.write(buffer, 0, (int) Math.max(0, Math.min(count, allowed)));
				passed += count;
				if (allowed <= count) {
					break;
				}
			}
			pass();
		}
		catch (IOException ex) {
			// One side is gone, so the other goes too.
		}
		if (!this.finished) {
			close();
		}
	}

	private boolean pass() {
		return this.gate.pass(() -> this.closed) && this.ownGate.pass(() -> this.closed);
	}

	/** Passes no byte any more, for good, and stays open. */
	void freeze() {
		this.ownGate.freeze(true);
	}

	byte[] firstClientBytes() {
		return this.firstClientBytes.clone();
	}

	boolean isOpen() {
		return !this.closed;
	}

	/**
	 * Ends the client's side in order and closes the server's. What the client still
	 * sends is read and dropped. Idempotent.
	 */
	void finish() {
		if (this.closed) {
			return;
		}
		this.finished = true;
		this.closed = true;
		try {
			this.client.shutdownOutput();
		}
		catch (IOException ex) {
			closeQuietly(this.client); // It was closed already.
		}
		closeQuietly(this.server);
		this.gate.wake();
	}

	/** Closes both sides. Idempotent. */
	void close() {
		this.closed = true;
		closeQuietly(this.client);
		closeQuietly(this.server);
		this.gate.wake();
		this.ownGate.wake();
	}

	private static void closeQuietly(Socket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			// It is closed all the same.
		}
	}

}
