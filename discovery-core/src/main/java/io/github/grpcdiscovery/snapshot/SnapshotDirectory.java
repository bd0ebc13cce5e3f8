package io.github.grpcdiscovery.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.internal.util.DirectoryOwner;
import io.github.grpcdiscovery.internal.util.PrivateFiles;

/**
 * A directory of this user's alone. Whoever could write into it could send our calls to
 * servers of theirs: so it must belong to us, as every file in it, be no symbolic link,
 * be writable by nobody else, and be in directories of ours or of root's. Blocks on the
 * file system.
 */
final class SnapshotDirectory {

	private static final Set<PosixFilePermission> OTHERS = Set.of(PosixFilePermission.GROUP_WRITE,
			PosixFilePermission.OTHERS_WRITE);

	private static final Logger logger = LoggerFactory.getLogger(SnapshotDirectory.class);

	/** No process takes so long to write a file: it was killed while it did. */
	private static final Duration LEFT_BEHIND = Duration.ofHours(1);

	private final Path path;

	private final boolean posix;

	private final DirectoryOwner owner;

	private boolean swept;

	SnapshotDirectory(Path path) {
		this.path = path;
		this.posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
		this.owner = new DirectoryOwner(path);
	}

	/**
	 * Reads a file.
	 * @param name its name
	 * @return its bytes, or {@code null} if there is none
	 * @throws IOException if it cannot be read or must not be trusted
	 */
	byte @Nullable [] read(String name) throws IOException {
		Path file = this.path.resolve(name);
		if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
			return null;
		}
		requireOurs();
		requireOurs(file, false);
		try (SeekableByteChannel channel = Files.newByteChannel(file,
				Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
			if (channel.size() > SnapshotFormat.MAX_BYTES) {
				throw new IOException(
						"%d bytes (expected: at most %d)".formatted(channel.size(), SnapshotFormat.MAX_BYTES));
			}
			ByteBuffer buffer = ByteBuffer.allocate((int) channel.size());
			while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
				continue;
			}
			byte[] content = new byte[buffer.flip().remaining()];
			buffer.get(content);
			return content;
		}
		catch (NoSuchFileException ex) {
			return null;
		}
	}

	/**
	 * Puts a file in place, or replaces it, in one step.
	 * @param name its name
	 * @param content what it holds
	 * @throws IOException if it cannot be written
	 */
	void write(String name, byte[] content) throws IOException {
		requireOurs();
		Path temporary = writeTemporary(content);
		try {
			Files.move(temporary, this.path.resolve(name), StandardCopyOption.ATOMIC_MOVE,
					StandardCopyOption.REPLACE_EXISTING);
		}
		catch (IOException ex) {
			Files.deleteIfExists(temporary);
			throw ex;
		}
		if (!this.swept) {
			this.swept = true;
			sweep(this.path.resolve(name));
		}
	}

	// what processes left behind that were killed while they wrote, by the file system's
	// clock
	private void sweep(Path written) {
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.path, ".*.tmp")) {
			Instant now = Files.getLastModifiedTime(written).toInstant();
			for (Path file : files) {
				Instant modified = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
				if (PrivateFiles.isTemporary(String.valueOf(file.getFileName()))
						&& modified.plus(LEFT_BEHIND).isBefore(now)) {
					Files.deleteIfExists(file);
				}
			}
		}
		catch (IOException | DirectoryIteratorException ex) {
			logger.debug("Could not look for files left behind in {}", this.path, ex);
		}
	}

	private Path writeTemporary(byte[] content) throws IOException {
		Path temporary = this.path.resolve(PrivateFiles.temporaryName());
		try {
			PrivateFiles.writeNew(temporary, content);
		}
		catch (IOException ex) {
			Files.deleteIfExists(temporary);
			throw ex;
		}
		return temporary;
	}

	private void requireOurs() throws IOException {
		PrivateFiles.createDirectories(this.path);
		requireOurs(this.path, true);
		this.owner.requireParentsOfOursOrRoot();
	}

	private void requireOurs(Path path, boolean directory) throws IOException {
		Class<? extends BasicFileAttributes> type = this.posix ? PosixFileAttributes.class : BasicFileAttributes.class;
		BasicFileAttributes attributes = Files.readAttributes(path, type, LinkOption.NOFOLLOW_LINKS);
		if (directory ? !attributes.isDirectory() : !attributes.isRegularFile()) {
			throw new IOException(
					"%s is no %s".formatted(path, directory ? "directory (no link to one, either)" : "regular file"));
		}
		if (attributes instanceof PosixFileAttributes posix) {
			this.owner.requireOurs(path);
			if (posix.permissions().stream().anyMatch(OTHERS::contains)) {
				throw new IOException("%s may be written by others (expected: chmod go-w)".formatted(path));
			}
		}
	}

	@Override
	public String toString() {
		return this.path.toString();
	}

}
