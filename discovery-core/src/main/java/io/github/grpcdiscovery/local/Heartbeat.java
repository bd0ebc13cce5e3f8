package io.github.grpcdiscovery.local;

import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;

/**
 * When a file was last touched, as one process can tell without trusting the wall clock,
 * which jumps: a touch is a change of the file's time, whatever the new time says, and
 * its age is measured from when the change was seen. Only at the first sight does the
 * wall clock have to do.
 */
final class Heartbeat {

	private static final Duration MAX_AGE = Duration.ofDays(30);

	private FileTime modified;

	private long touched;

	private long unchangedSince;

	/**
	 * The first sight.
	 * @param modified the file's time; one in the future counts as now
	 * @param now the wall clock's time
	 * @param nanoTime the monotonic clock's time
	 */
	Heartbeat(FileTime modified, Instant now, long nanoTime) {
		this.modified = modified;
		this.unchangedSince = nanoTime;
		this.touched = nanoTime - age(modified.toInstant(), now).toNanos();
	}

	private static Duration age(Instant modified, Instant now) {
		if (modified.isAfter(now)) {
			return Duration.ZERO;
		}
		return modified.isBefore(now.minus(MAX_AGE)) ? MAX_AGE : Duration.between(modified, now);
	}

	/**
	 * Another look.
	 * @param modified the file's time
	 * @param nanoTime the monotonic clock's time
	 * @return whether the file was touched since the last look
	 */
	boolean seen(FileTime modified, long nanoTime) {
		if (modified.equals(this.modified)) {
			return false;
		}
		this.modified = modified;
		this.touched = nanoTime;
		this.unchangedSince = nanoTime;
		return true;
	}

	FileTime modified() {
		return this.modified;
	}

	/**
	 * How long ago the file was touched.
	 */
	Duration age(long nanoTime) {
		return Duration.ofNanos(nanoTime - this.touched);
	}

	/**
	 * How long we ourselves have watched the file and not seen it touched.
	 */
	Duration watchedUntouched(long nanoTime) {
		return Duration.ofNanos(nanoTime - this.unchangedSince);
	}

}
