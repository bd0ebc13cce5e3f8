package io.github.grpcdiscovery.benchmarks.join;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;

import io.github.grpcdiscovery.benchmarks.Etcd;

/**
 * The floor: the shortest jetcd program that sees a key being put. It does nothing with
 * what it sees but look at the clock.
 */
final class PlainWatch implements AutoCloseable {

	private final Map<String, CompletableFuture<Long>> expected = new ConcurrentHashMap<>();

	private final CompletableFuture<Void> created = new CompletableFuture<>();

	private final Client client;

	PlainWatch(URI endpoint, String prefix) {
		this.client = Client.builder().endpoints(endpoint).build();
		WatchOption option = WatchOption.builder().isPrefix(true).withCreateNotify(true).build();
		this.client.getWatchClient().watch(Etcd.bytes(prefix), option, Watch.listener(this::seen));
		Etcd.await(this.created);
	}

	private void seen(WatchResponse response) {
		long now = System.nanoTime();
		if (response.isCreatedNotify()) {
			this.created.complete(null);
		}
		for (WatchEvent event : response.getEvents()) {
			if (event.getEventType() == WatchEvent.EventType.PUT) {
				CompletableFuture<Long> expected = this.expected.remove(event.getKeyValue().getKey().toString());
				if (expected != null) {
					expected.complete(now);
				}
			}
		}
	}

	/**
	 * When the next put of a key is seen.
	 * @return completes with the {@link System#nanoTime()} of the event
	 */
	CompletableFuture<Long> expect(String key) {
		CompletableFuture<Long> seen = new CompletableFuture<>();
		this.expected.put(key, seen);
		return seen;
	}

	@Override
	public void close() {
		this.client.close();
	}

}
