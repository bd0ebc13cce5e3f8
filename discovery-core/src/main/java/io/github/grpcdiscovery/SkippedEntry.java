package io.github.grpcdiscovery;

import java.time.Instant;

/**
 * Something under a service's name that could not be read as an instance. What it says
 * may come from anybody who can write there: it is shortened, and unprintable characters
 * are escaped.
 *
 * @param key where it stands in the registry
 * @param reason what was wrong with it when it was last skipped
 * @param count how often another value of it was skipped, 1 or more
 * @param since when its present value was first skipped
 */
public record SkippedEntry(String key, String reason, long count, Instant since) {
}
