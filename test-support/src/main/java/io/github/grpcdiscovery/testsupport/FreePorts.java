package io.github.grpcdiscovery.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports on the loopback address that nobody else takes, not even while the server that
 * they are for is down. They lie below the range from which the kernel takes the local
 * ports of outgoing connections, and are locked against other JVMs that use this class
 * until this one ends.
 */
public final class FreePorts {

	private static final int LOWEST = 15_000;

	private static final int HIGHEST = 32_000;

	private static final int ATTEMPTS = 1000;

	// Holds the locks until the JVM ends. Guarded by the class.
	private static final Map<Integer, FileLock> TAKEN = new HashMap<>();

	private FreePorts() {
	}

	/**
	 * Takes a port that is free for TCP and UDP. Never returns the same one twice.
	 * Thread-safe.
	 * @return the port
	 */
	public static synchronized int next() {
		Path directory = Path.of(System.getProperty("java.io.tmpdir"),
				"grpc-discovery-ports-" + System.getProperty("user.name"));
		try {
			Files.createDirectories(directory);
			for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
				int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
				if (!TAKEN.containsKey(port) && lock(directory, port) && isFree(port)) {
					return port;
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot lock a port in " + directory, ex);
		}
		throw new IllegalStateException(
				"No free port between " + LOWEST + " and " + HIGHEST + " found in " + ATTEMPTS + " attempts");
	}

	private static boolean lock(Path directory, int port) throws IOException {
		FileChannel channel = FileChannel.open(directory.resolve(port + ".lock"), StandardOpenOption.CREATE,
				StandardOpenOption.WRITE);
		try {
			FileLock lock = channel.tryLock();
			if (lock != null) {
				TAKEN.put(port, lock);
				return true;
			}
		}
		catch (OverlappingFileLockException ex) {
			// Taken by another class loader of this JVM.
		}
		channel.close();
		return false;
	}

	private static boolean isFree(int port) {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
		try (ServerSocket tcp = new ServerSocket(); DatagramSocket udp = new DatagramSocket(address)) {
			tcp.bind(address);
			return tcp.isBound() && udp.isBound();
		}
		catch (IOException ex) {
			return false;
		}
	}

}
