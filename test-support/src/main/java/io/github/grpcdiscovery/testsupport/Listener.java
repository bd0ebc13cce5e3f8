package io.github.grpcdiscovery.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;

/**
 * Accepts connections on a port of the loopback address, in a thread of its own, until it
 * is closed.
 */
final class Listener implements AutoCloseable {

	private final ServerSocket socket;

	private final Consumer<Socket> onConnection;

	private final Thread thread;

	/**
	 * Listens on the port from now on.
	 * @param port port on the loopback address
	 * @param onConnection called by the thread of this listener; must not block
	 */
	Listener(int port, Consumer<Socket> onConnection) {
		this.onConnection = onConnection;
		try {
			this.socket = new ServerSocket();
			this.socket.setReuseAddress(true);
			this.socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot listen on port " + port, ex);
		}
		this.thread = new Thread(this::acceptAll, "tcp-proxy-" + port);
		this.thread.setDaemon(true);
		this.thread.start();
	}

	private void acceptAll() {
		while (!this.socket.isClosed()) {
			try {
				this.onConnection.accept(this.socket.accept());
			}
			catch (IOException ex) {
				// Closed, or the client went away again.
			}
		}
	}

	/** Stops listening. Once it returns, a connection is refused. */
	@Override
	public void close() {
		try {
			this.socket.close();
			// The kernel goes on listening until the thread has left its call of accept.
			this.thread.join();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
