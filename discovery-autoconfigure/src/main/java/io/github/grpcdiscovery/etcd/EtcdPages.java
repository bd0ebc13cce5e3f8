package io.github.grpcdiscovery.etcd;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.OptionsUtil;

/**
 * Reads all keys with a prefix page by page, all pages at the revision of the first, so
 * that no message grows beyond its limit and the whole is consistent.
 */
final class EtcdPages {

	static final int PAGE = 500;

	private static final ByteSequence ZERO = ByteSequence.from(new byte[1]);

	private final KV kv;

	private final ByteSequence prefix;

	private final List<EtcdRecord> records = new ArrayList<>();

	EtcdPages(KV kv, String prefix) {
		this.kv = kv;
		this.prefix = JetcdClient.bytes(prefix);
	}

	CompletionStage<EtcdListing> read() {
		return page(this.prefix, 0).thenCompose((first) -> {
			long revision = first.getHeader().getRevision();
			long cluster = first.getHeader().getClusterId();
			return rest(first, revision)
				.thenApply((ignored) -> new EtcdListing(revision, cluster, List.copyOf(this.records)));
		});
	}

	private CompletionStage<GetResponse> rest(GetResponse page, long revision) {
		List<KeyValue> found = page.getKvs();
		found.forEach((keyValue) -> this.records.add(toRecord(keyValue)));
		if (!page.isMore() || found.isEmpty()) {
			return CompletableFuture.completedFuture(page);
		}
		ByteSequence next = found.get(found.size() - 1).getKey().concat(ZERO);
		return page(next, revision).thenCompose((following) -> rest(following, revision));
	}

	private CompletionStage<GetResponse> page(ByteSequence from, long revision) {
		return this.kv.get(from,
				GetOption.builder()
					.withRange(OptionsUtil.prefixEndOf(this.prefix))
					.withLimit(PAGE)
					.withRevision(revision)
					.build());
	}

	static EtcdRecord toRecord(KeyValue keyValue) {
		return new EtcdRecord(keyValue.getKey().toString(StandardCharsets.UTF_8), keyValue.getValue(),
				keyValue.getModRevision(), keyValue.getLease());
	}

}
