package io.github.grpcdiscovery.internal.util;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Files and directories that only their owner may read and write, where the file system
 * knows permissions. Blocks on the file system.
 */
public final class PrivateFiles {

	private PrivateFiles() {
	}

	/**
	 * Writes a file that must not be there yet. One that could not be written whole is
	 * left behind.
	 * @param file the file
	 * @param content what it is to hold
	 * @throws IOException if it is there, or cannot be written
	 */
	public static void writeNew(Path file, byte[] content) throws IOException {
		try (SeekableByteChannel channel = Files.newByteChannel(file,
				Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), permissions(file, "rw-------"))) {
			ByteBuffer buffer = ByteBuffer.wrap(content);
			while (buffer.hasRemaining()) {
				channel.write(buffer);
			}
		}
	}

	/**
	 * Makes a directory, and those above it that are missing.
	 * @param directory the directory, which may be there
	 * @return the directory
	 * @throws IOException if it cannot be made
	 */
	public static Path createDirectories(Path directory) throws IOException {
		return Files.createDirectories(directory, permissions(directory, "rwx------"));
	}

	/**
	 * Makes a directory in one that is there.
	 * @param directory the directory, which must not be there yet
	 * @return the directory
	 * @throws IOException if it is there, or cannot be made
	 */
	public static Path createDirectory(Path directory) throws IOException {
		return Files.createDirectory(directory, permissions(directory, "rwx------"));
	}

	private static FileAttribute<?>[] permissions(Path path, String permissions) {
		if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
			return new FileAttribute<?>[0];
		}
		return new FileAttribute<?>[] {
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)) };
	}

}
