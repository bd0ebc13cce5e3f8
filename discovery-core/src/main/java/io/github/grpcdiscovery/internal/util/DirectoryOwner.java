package io.github.grpcdiscovery.internal.util;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;

import org.jspecify.annotations.Nullable;

/**
 * Whether a directory that we read from is ours: whoever owns it, or one above it, can
 * put other files in place of ours. Where the file system knows no owners, everything is
 * ours. Blocks on the file system. Safe for use by any thread.
 */
public final class DirectoryOwner {

	private final Path directory;

	private final boolean posix;

	private volatile @Nullable UserPrincipal user;

	/**
	 * Touches nothing yet.
	 * @param directory the directory, which may be missing
	 */
	public DirectoryOwner(Path directory) {
		this.directory = directory.toAbsolutePath().normalize();
		this.posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
	}

	/**
	 * Fails unless a path belongs to this process's user.
	 * @param path the directory, which has to be there, or a file in it
	 * @throws IOException naming the path and its owner
	 */
	public void requireOurs(Path path) throws IOException {
		if (this.posix) {
			UserPrincipal owner = Files.getOwner(path, LinkOption.NOFOLLOW_LINKS);
			if (!owner.equals(user())) {
				throw new IOException(
						"%s belongs to %s (expected: this process's user)".formatted(path, owner.getName()));
			}
		}
	}

	/**
	 * Fails unless everything above the directory belongs to this process's user or to
	 * root.
	 * @throws IOException naming what does not, and its owner
	 */
	public void requireParentsOfOursOrRoot() throws IOException {
		Path parent = this.directory.getParent();
		if (this.posix && parent != null) {
			requireOursOrRoot(parent);
			// a link leads elsewhere, and may be exchanged by whoever owns what it is in
			requireOursOrRoot(parent.toRealPath());
		}
	}

	private void requireOursOrRoot(Path lowest) throws IOException {
		for (Path path = lowest; path != null; path = path.getParent()) {
			UserPrincipal owner = Files.getOwner(path, LinkOption.NOFOLLOW_LINKS);
			if (!owner.equals(user()) && !isRoots(path)) {
				throw new IOException(
						"%s belongs to %s, who could exchange what is below it (expected: this process's user or root)"
							.formatted(path, owner.getName()));
			}
		}
	}

	private static boolean isRoots(Path path) throws IOException {
		return path.getFileSystem().supportedFileAttributeViews().contains("unix")
				&& Integer.valueOf(0).equals(Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS));
	}

	// the user's name may be unknown, as in a container: who owns what we write is us
	private UserPrincipal user() throws IOException {
		UserPrincipal user = this.user;
		if (user == null) {
			user = ownerOfNewFile();
			this.user = user;
		}
		return user;
	}

	private UserPrincipal ownerOfNewFile() throws IOException {
		FileAttribute<?> ours = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
		try {
			return ownerOfNew(Files.createFile(this.directory.resolve(PrivateFiles.temporaryName()), ours));
		}
		catch (IOException ex) {
			// one that we may only read
			return ownerOfNew(Files.createTempFile("grpc-discovery", ".tmp"));
		}
	}

	private static UserPrincipal ownerOfNew(Path file) throws IOException {
		try {
			return Files.getOwner(file, LinkOption.NOFOLLOW_LINKS);
		}
		finally {
			Files.deleteIfExists(file);
		}
	}

}
