package io.github.grpcdiscovery.etcd;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.OptionsUtil;
import io.grpc.Status;

import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.internal.util.Failures;

/**
 * Reads all keys with a prefix page by page, all pages at the revision of the first, so
 * that no message grows beyond its limit and the whole is consistent. A page that is too
 * big is asked for again with half as many keys, and values that are too big for an
 * instance are left out. Each page has a deadline of its own.
 */
final class EtcdPages {

	static final int PAGE = 500;

	private static final ByteSequence ZERO = ByteSequence.from(new byte[1]);

	private final Source source;

	private final ByteSequence prefix;

	private final List<EtcdRecord> records = new ArrayList<>();

	private final Map<String, Long> tooBig = new HashMap<>();

	private final CompletableFuture<EtcdListing> result = new CompletableFuture<>();

	private int limit = PAGE;

	private long revision;

	private long cluster;

	EtcdPages(Source source, String prefix) {
		this.source = source;
		this.prefix = JetcdClient.bytes(prefix);
	}

	CompletionStage<EtcdListing> read() {
		page(this.prefix, false);
		return this.result;
	}

	private void page(ByteSequence from, boolean keyOnly) {
		GetOption option = GetOption.builder()
			.withRange(OptionsUtil.prefixEndOf(this.prefix))
			.withLimit(this.limit)
			.withRevision(this.revision)
			.withKeysOnly(keyOnly)
			.build();
		this.source.get(from, option).thenAccept((page) -> accept(page, keyOnly)).exceptionally((error) -> {
			failed(from, keyOnly, Failures.unwrap(error));
			return null;
		});
	}

	private void accept(GetResponse page, boolean keyOnly) {
		this.revision = (this.revision != 0) ? this.revision : page.getHeader().getRevision();
		this.cluster = page.getHeader().getClusterId();
		List<KeyValue> found = page.getKvs();
		for (KeyValue keyValue : found) {
			// not kept until the last page: thousands of them would not fit into the
			// memory
			if (keyOnly || keyValue.getValue().size() > Json.MAX_BYTES) {
				this.tooBig.put(EtcdKeys.text(keyValue.getKey()), keyValue.getModRevision());
			}
			else {
				this.records.add(toRecord(keyValue));
			}
		}
		if (!page.isMore() || found.isEmpty()) {
			this.result.complete(
					new EtcdListing(this.revision, this.cluster, List.copyOf(this.records), Map.copyOf(this.tooBig)));
			return;
		}
		this.limit = Math.min(PAGE, 2 * this.limit);
		page(found.get(found.size() - 1).getKey().concat(ZERO), false);
	}

	private void failed(ByteSequence from, boolean keyOnly, Throwable error) {
		if (EtcdErrors.code(error) != Status.Code.RESOURCE_EXHAUSTED || keyOnly) {
			this.result.completeExceptionally(error);
		}
		else if (this.limit > 1) {
			this.limit /= 2;
			page(from, false);
		}
		else {
			page(from, true);
		}
	}

	static EtcdRecord toRecord(KeyValue keyValue) {
		return new EtcdRecord(EtcdKeys.text(keyValue.getKey()), keyValue.getValue(), keyValue.getModRevision(),
				keyValue.getLease());
	}

	/** Reads one page, in bounded time. */
	@FunctionalInterface
	interface Source {

		CompletionStage<GetResponse> get(ByteSequence from, GetOption option);

	}

}
