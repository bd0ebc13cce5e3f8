package io.github.grpcdiscovery.benchmarks.join;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;

import io.github.grpcdiscovery.benchmarks.Etcd;

/**
 * The floor: the shortest jetcd program that sees a key being put. It looks at the clock
 * and passes the key on.
 */
final class PlainWatch implements AutoCloseable {

	private final Map<String, CompletableFuture<Long>> expected = new ConcurrentHashMap<>();

	private final CompletableFuture<Void> created = new CompletableFuture<>();

	private final Consumer<String> listener;

	private final Client client;

	PlainWatch(URI endpoint, String prefix, Consumer<String> listener) {
		this.listener = listener;
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
				String key = event.getKeyValue().getKey().toString();
				CompletableFuture<Long> expected = this.expected.remove(key);
				if (expected != null) {
					expected.complete(now);
				}
				this.listener.accept(key);
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
