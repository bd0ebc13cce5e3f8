package io.github.grpcdiscovery.internal.watch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.SkippedEntry;
import io.github.grpcdiscovery.internal.util.Printable;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * Warns of entries of one service that are left out: each once, and once a minute if it
 * is written again and again. Remembers the last ones, for operators. On the event loop
 * only, but for {@link #last()}.
 */
final class SkippedEntries {

	static final Duration INTERVAL = Duration.ofMinutes(1);

	/** So many are remembered, and warned of by name. */
	static final int MAX = 10_000;

	/** So many are shown. */
	static final int MAX_SHOWN = 100;

	private static final Logger logger = LoggerFactory.getLogger(SkippedEntries.class);

	private final String registry;

	private final String service;

	private final EventLoop loop;

	/** By key, the one that was seen longest ago first. */
	private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

	private final Clock clock;

	/** By key, the one that was skipped longest ago first. */
	private final Map<String, SkippedEntry> shown = new LinkedHashMap<>(16, 0.75f, true);

	private volatile List<SkippedEntry> last = List.of();

	private @Nullable Long warnedOfMoreAt;

	SkippedEntries(String registry, String service, EventLoop loop, Clock clock) {
		this.registry = registry;
		this.service = service;
		this.loop = loop;
		this.clock = clock;
	}

	/**
	 * Those that were skipped last. Any thread.
	 * @return at most {@value #MAX_SHOWN}, the last first
	 */
	List<SkippedEntry> last() {
		return this.last;
	}

	/**
	 * An entry is left out.
	 * @param key where it stands, and its revision behind the last {@code @} if it has
	 * one
	 * @param reason what is wrong with it
	 * @return whether it is another one than before, or was written anew
	 */
	boolean add(String key, String reason) {
		int at = key.lastIndexOf('@');
		String place = (at > 0) ? key.substring(0, at) : key;
		String revision = (at > 0) ? key.substring(at) : "";
		long now = this.loop.nanoTime();
		Entry entry = this.entries.get(place);
		if (entry != null && entry.revision.equals(revision)) {
			entry.seenAt = now;
			return false;
		}
		if (entry == null) {
			if (!hasRoom()) {
				warnOfMore(now);
				return true;
			}
			entry = new Entry();
			this.entries.put(place, entry);
		}
		show(Printable.of(place), Printable.of(reason));
		entry.revision = revision;
		entry.seenAt = now;
		if (entry.warnedAt == null || this.loop.since(entry.warnedAt).compareTo(INTERVAL) >= 0) {
			entry.warnedAt = now;
			logger.warn("Skipped an entry of service '{}' in {}: {}: {}", this.service, this.registry,
					Printable.of(key), Printable.of(reason));
		}
		return true;
	}

	private void show(String key, String reason) {
		SkippedEntry before = this.shown.get(key);
		this.shown.put(key,
				new SkippedEntry(key, reason, (before != null) ? before.count() + 1 : 1, Instant.now(this.clock)));
		if (this.shown.size() > MAX_SHOWN) {
			this.shown.remove(this.shown.keySet().iterator().next());
		}
		List<SkippedEntry> last = new ArrayList<>(this.shown.values());
		Collections.reverse(last);
		this.last = Collections.unmodifiableList(last);
	}

	// what is reported with each list is not forgotten, what is there no more is
	private boolean hasRoom() {
		if (this.entries.size() < MAX) {
			return true;
		}
		Map.Entry<String, Entry> eldest = this.entries.entrySet().iterator().next();
		if (this.loop.since(eldest.getValue().seenAt).compareTo(INTERVAL.multipliedBy(10)) < 0) {
			return false;
		}
		this.entries.remove(eldest.getKey());
		return true;
	}

	private void warnOfMore(long now) {
		if (this.warnedOfMoreAt == null || this.loop.since(this.warnedOfMoreAt).compareTo(INTERVAL) >= 0) {
			this.warnedOfMoreAt = now;
			logger.warn("Skipped more than {} entries of service '{}' in {}; further ones are counted and not named",
					MAX, this.service, this.registry);
		}
	}

	private static final class Entry {

		private String revision = "";

		private long seenAt;

		private @Nullable Long warnedAt;

	}

}
