package io.github.grpcdiscovery.etcd;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.etcd.jetcd.ByteSequence;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.spi.InstancesSink;
import io.github.grpcdiscovery.spi.Listing;

/**
 * The instances of one service as far as we know, put together from listings and changes.
 * A key's newer revision always wins, in whatever order listings and changes come. On the
 * event loop only.
 */
final class EtcdInstances {

	private final String service;

	private final String prefix;

	private final InstancesSink sink;

	/** Revision of the last change of each key, also of those that are no instance. */
	private final Map<String, Long> revisions = new HashMap<>();

	/** Keys deleted since a listing was asked for, which does not know of it. */
	private final Map<String, Long> deletions = new HashMap<>();

	private boolean listingExpected;

	private final Map<String, ServiceInstance> instances = new HashMap<>();

	private final Collection<ServiceInstance> view = Collections.unmodifiableCollection(this.instances.values());

	EtcdInstances(String service, String prefix, InstancesSink sink) {
		this.service = service;
		this.prefix = prefix;
		this.sink = sink;
	}

	/**
	 * Takes over a complete listing.
	 * @return whether it held anything new
	 */
	boolean apply(EtcdListing listing) {
		boolean changed = false;
		Set<String> listed = new HashSet<>();
		for (EtcdRecord record : listing.records()) {
			listed.add(record.key());
			changed |= put(record.key(), record.value(), record.modRevision());
		}
		listing.tooBig().forEach((key, revision) -> {
			listed.add(key);
			if (!isOld(key, revision)) {
				this.revisions.put(key, revision);
				skipped(key, revision, "too big to be read (expected: at most %d bytes)".formatted(Json.MAX_BYTES));
			}
		});
		for (Map.Entry<String, Long> known : Map.copyOf(this.revisions).entrySet()) {
			if (!listed.contains(known.getKey()) && known.getValue() <= listing.revision()) {
				changed |= remove(known.getKey());
			}
		}
		expectListingNoMore();
		return changed;
	}

	/**
	 * Takes over a change.
	 * @return whether it was news
	 */
	boolean apply(EtcdChanges.Change change) {
		if (change.value() != null) {
			return put(change.key(), change.value(), change.revision());
		}
		if (isOld(change.key(), change.revision())) {
			return false;
		}
		if (this.listingExpected) {
			this.deletions.put(change.key(), change.revision());
		}
		return remove(change.key());
	}

	/**
	 * Before a listing is asked for: from now on deletions are remembered for it.
	 */
	void expectListing() {
		this.listingExpected = true;
	}

	/**
	 * No listing comes any more.
	 */
	void expectListingNoMore() {
		this.listingExpected = false;
		this.deletions.clear();
	}

	/**
	 * The instances at the time of the call.
	 */
	Listing listing() {
		return Listing.of(this.view);
	}

	/**
	 * How many keys there are, whether or not they are instances.
	 */
	int keys() {
		return this.revisions.size();
	}

	private boolean put(String key, ByteSequence value, long revision) {
		if (isOld(key, revision)) {
			return false;
		}
		this.revisions.put(key, revision);
		ServiceInstance now = decode(key, value, revision);
		return now != null && !now.equals(this.instances.put(key, now));
	}

	private boolean isOld(String key, long revision) {
		return this.revisions.getOrDefault(key, 0L) >= revision || this.deletions.getOrDefault(key, 0L) >= revision;
	}

	private boolean remove(String key) {
		this.revisions.remove(key);
		return this.instances.remove(key) != null;
	}

	private @Nullable ServiceInstance decode(String key, ByteSequence value, long revision) {
		String id = EtcdKeys.id(this.prefix, key);
		DecodedRecord decoded = (id != null) ? EtcdNamingCodec.decode(this.service, id, value)
				: DecodedRecord.malformed("not a key of the form %s<id>".formatted(this.prefix));
		if (decoded.instance() == null) {
			skipped(key, revision, String.valueOf(decoded.problem()));
		}
		return decoded.instance();
	}

	// as in grpc-go, a value that cannot be read says nothing about the address before it
	private void skipped(String key, long revision, String problem) {
		ServiceInstance before = this.instances.get(key);
		this.sink.skipped(key + "@" + revision, (before != null)
				? "%s; its last address, %s, stays in use".formatted(problem, before.address()) : problem);
	}

}
