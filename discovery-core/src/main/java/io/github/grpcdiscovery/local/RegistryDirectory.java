package io.github.grpcdiscovery.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.internal.util.DirectoryOwner;
import io.github.grpcdiscovery.internal.util.PrivateFiles;

/**
 * The files: {@code <root>/<service>/<instance>.json}, with names that are safe on every
 * file system. Neither the root nor anything below it may be a symbolic link. Every
 * method works on the calling thread and throws {@link RegistryException} for whatever
 * the file system refuses.
 */
final class RegistryDirectory {

	/** More than this many files of one service are not looked at. */
	static final int MAX_FILES = 5000;

	private final Path root;

	private final boolean posix;

	private final DirectoryOwner owner;

	private final FileCalls files;

	RegistryDirectory(Path root) {
		this.root = root;
		this.owner = new DirectoryOwner(root);
		this.files = new FileCalls(root);
		this.posix = root.getFileSystem().supportedFileAttributeViews().contains("posix");
	}

	Path root() {
		return this.root;
	}

	Path service(String service) {
		return this.root.resolve(InstanceFile.directoryName(service));
	}

	/**
	 * Makes sure that the root is there, is a directory and belongs to nobody else, who
	 * could tell us whom to call.
	 * @return names this very directory among all that ever had its path
	 */
	Object requireRoot() {
		Class<? extends BasicFileAttributes> type = this.posix ? PosixFileAttributes.class : BasicFileAttributes.class;
		BasicFileAttributes attributes = this.files.io("read", this.root,
				() -> Files.readAttributes(this.root, type, LinkOption.NOFOLLOW_LINKS));
		requireDirectory(this.root, attributes);
		if (attributes instanceof PosixFileAttributes posix
				&& posix.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
			throw new RegistryAccessException(
					"local (%s): anybody may write to the directory and so take calls away (expected: chmod o-w, or another directory)"
						.formatted(this.root),
					null);
		}
		requireOurs();
		Object key = attributes.fileKey();
		return (key != null) ? key : this.root;
	}

	private void requireOurs() {
		try {
			this.owner.requireOurs(this.root);
		}
		catch (NoSuchFileException ex) {
			throw this.files.failure("read", this.root, ex);
		}
		catch (IOException ex) {
			throw new RegistryAccessException("local (%s): %s".formatted(this.root, ex.getMessage()), ex);
		}
	}

	private void requireDirectory(Path path, BasicFileAttributes attributes) {
		if (attributes.isSymbolicLink()) {
			throw new RegistryAccessException(
					"local (%s): %s is a symbolic link (expected: a directory)".formatted(this.root, path), null);
		}
		if (!attributes.isDirectory()) {
			throw new RegistryException("local (%s): %s is no directory".formatted(this.root, path), null);
		}
	}

	void createRoot() {
		this.files.io("create", this.root, () -> {
			try {
				return PrivateFiles.createDirectories(this.root);
			}
			catch (FileAlreadyExistsException ex) {
				return this.root; // what it is instead is found out by requireRoot
			}
		});
	}

	void createService(String service) {
		Path directory = service(service);
		this.files.io("create", directory, () -> {
			try {
				return PrivateFiles.createDirectory(directory);
			}
			catch (FileAlreadyExistsException ex) {
				return directory;
			}
		});
		requireService(directory);
	}

	boolean requireService(Path directory) {
		try {
			requireDirectory(directory,
					Files.readAttributes(directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
			return true;
		}
		catch (NoSuchFileException ex) {
			return false;
		}
		catch (IOException ex) {
			throw this.files.failure("read", directory, ex);
		}
	}

	/**
	 * The files of a service, ours and others.
	 * @param service name of the service
	 * @return in no order, at most {@link #MAX_FILES}; empty if there is no directory
	 */
	List<Path> files(String service) {
		Path directory = service(service);
		if (!requireService(directory)) {
			return List.of();
		}
		return this.files.io("list", directory, () -> {
			List<Path> files = new ArrayList<>();
			try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
				for (Path file : stream) {
					if (files.size() == MAX_FILES) {
						break;
					}
					files.add(file);
				}
			}
			catch (NoSuchFileException ex) {
				return List.of();
			}
			return files;
		});
	}

	/**
	 * Looks at a file without opening it.
	 * @param file the file
	 * @return its time; {@code null} if it is gone
	 * @throws IllegalArgumentException if it is no regular file
	 */
	@Nullable FileTime modified(Path file) {
		return this.files.ifThere(file, () -> {
			BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class,
					LinkOption.NOFOLLOW_LINKS);
			if (!attributes.isRegularFile()) {
				throw new IllegalArgumentException("no regular file");
			}
			return attributes.lastModifiedTime();
		});
	}

	/**
	 * Reads a regular file, up to one byte more than it may have.
	 * @param file the file
	 * @param limit how many bytes it may have
	 * @return its bytes; {@code null} if it is gone
	 */
	byte @Nullable [] read(Path file, int limit) {
		return this.files.ifThere(file, () -> {
			try (SeekableByteChannel channel = Files.newByteChannel(file,
					Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
				ByteBuffer buffer = ByteBuffer.allocate(limit + 1);
				while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
					continue;
				}
				byte[] content = new byte[buffer.flip().remaining()];
				buffer.get(content);
				return content;
			}
		});
	}

	/**
	 * Puts a file in place, or replaces it, in one step: a reader sees all of it or
	 * nothing.
	 * @param file the file
	 * @param content what it holds
	 * @param modified its time
	 */
	void write(Path file, byte[] content, FileTime modified) {
		Path temporary = file.resolveSibling(PrivateFiles.temporaryName());
		this.files.io("write", file, () -> {
			PrivateFiles.writeNew(temporary, content);
			try {
				Files.setLastModifiedTime(temporary, modified);
				return Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
			}
			catch (IOException ex) {
				Files.deleteIfExists(temporary);
				throw ex;
			}
		});
	}

	void touch(Path file, FileTime modified) {
		this.files.io("touch", file, () -> Files.setLastModifiedTime(file, modified));
	}

	/**
	 * Deletes a file.
	 * @param file the file; no harm if it is gone
	 */
	void delete(Path file) {
		this.files.io("delete", file, () -> Files.deleteIfExists(file));
	}

	@Override
	public String toString() {
		return "RegistryDirectory[" + this.root + "]";
	}

}
