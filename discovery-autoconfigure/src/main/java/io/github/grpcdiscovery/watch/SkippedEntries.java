package io.github.grpcdiscovery.watch;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.Printable;
import io.github.grpcdiscovery.reconnect.EventLoop;

/**
 * Warns of entries of one service that are left out: each once, and once a minute if it
 * is written again and again. On the event loop only.
 */
final class SkippedEntries {

	static final Duration INTERVAL = Duration.ofMinutes(1);

	/** So many are remembered, and warned of by name. */
	static final int MAX = 10_000;

	private static final Logger logger = LoggerFactory.getLogger(SkippedEntries.class);

	private final String registry;

	private final String service;

	private final EventLoop loop;

	/** By key, the one that was seen longest ago first. */
	private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

	private @Nullable Long toldOfMore;

	SkippedEntries(String registry, String service, EventLoop loop) {
		this.registry = registry;
		this.service = service;
		this.loop = loop;
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
		entry.revision = revision;
		entry.seenAt = now;
		if (entry.warnedAt == null || this.loop.since(entry.warnedAt).compareTo(INTERVAL) >= 0) {
			entry.warnedAt = now;
			logger.warn("Skipped an entry of service '{}' in {}: {}: {}", this.service, this.registry,
					Printable.of(key), Printable.of(reason));
		}
		return true;
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
		if (this.toldOfMore == null || this.loop.since(this.toldOfMore).compareTo(INTERVAL) >= 0) {
			this.toldOfMore = now;
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
