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
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Files and directories that only their owner may read and write, where the file system
 * knows permissions. Blocks on the file system.
 */
public final class PrivateFiles {

	private static final Pattern TEMPORARY = Pattern.compile("\\.[0-9a-f-]{36}\\.tmp");

	private PrivateFiles() {
	}

	/**
	 * A name for a file until it is whole and moved to its place.
	 * @return another one each time
	 */
	public static String temporaryName() {
		return "." + UUID.randomUUID() + ".tmp";
	}

	/**
	 * Whether a file is what a process left behind that died while writing.
	 * @param fileName name of the file
	 * @return whether it has a name that {@link #temporaryName()} gives
	 */
	public static boolean isTemporary(String fileName) {
		return TEMPORARY.matcher(fileName).matches();
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
