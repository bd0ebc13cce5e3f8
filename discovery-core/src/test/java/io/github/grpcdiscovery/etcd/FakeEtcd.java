package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.etcd.jetcd.ByteSequence;

/**
 * An etcd that answers when the test says so. Every call is noted with its arguments.
 */
final class FakeEtcd implements EtcdApi {

	final List<Pending<?>> pending = new ArrayList<>();

	final List<String> calls = new ArrayList<>();

	final List<FakeWatch> watches = new ArrayList<>();

	private <T> CompletionStage<T> call(String name) {
		CompletableFuture<T> answer = new CompletableFuture<>();
		this.calls.add(name);
		this.pending.add(new Pending<>(name, answer));
		return answer;
	}

	/** Answers the oldest open call, which must be the one named. */
	@SuppressWarnings("unchecked")
	<T> void answer(String name, T value) {
		((CompletableFuture<T>) next(name)).complete(value);
	}

	void fail(String name, RuntimeException error) {
		next(name).completeExceptionally(error);
	}

	/** Answers the newest open call, which must be the one named. */
	@SuppressWarnings("unchecked")
	<T> void answerLast(String name, T value) {
		((CompletableFuture<T>) last(name)).complete(value);
	}

	void failLast(String name, RuntimeException error) {
		last(name).completeExceptionally(error);
	}

	private CompletableFuture<?> last(String name) {
		if (this.pending.isEmpty() || !this.pending.get(this.pending.size() - 1).name().equals(name)) {
			throw new AssertionError("open calls: " + this.pending + " (expected: " + name + " last)");
		}
		return this.pending.remove(this.pending.size() - 1).answer();
	}

	private CompletableFuture<?> next(String name) {
		if (this.pending.isEmpty() || !this.pending.get(0).name().equals(name)) {
			throw new AssertionError("open calls: " + this.pending + " (expected: " + name + " first)");
		}
		return this.pending.remove(0).answer();
	}

	FakeWatch watch() {
		return this.watches.get(this.watches.size() - 1);
	}

	@Override
	public String description() {
		return "etcd (fake)";
	}

	@Override
	public CompletionStage<EtcdListing> list(String prefix) {
		return call("list " + prefix);
	}

	@Override
	public CompletionStage<EtcdCount> count(String prefix) {
		return call("count " + prefix);
	}

	@Override
	public CompletionStage<Optional<EtcdRecord>> get(String key) {
		return call("get " + key);
	}

	@Override
	public CompletionStage<EtcdListing> read(String key) {
		return call("read " + key);
	}

	@Override
	public CompletionStage<Boolean> put(String key, long expected, ByteSequence value, long lease) {
		return call("put %s@%d lease %d".formatted(key, expected, lease));
	}

	@Override
	public CompletionStage<EtcdLease> grant(Duration ttl) {
		return call("grant " + ttl.toSeconds());
	}

	@Override
	public CompletionStage<?> revoke(long lease) {
		return call("revoke " + lease);
	}

	@Override
	public CompletionStage<Duration> timeToLive(long lease) {
		return call("timeToLive " + lease);
	}

	@Override
	public CompletionStage<Duration> renew(long lease) {
		return call("renew " + lease);
	}

	@Override
	public WatchCall watch(String prefix, long revision, WatchListener listener) {
		FakeWatch call = new FakeWatch(prefix, revision, listener);
		this.watches.add(call);
		return call;
	}

	@Override
	public WatchCall watchKey(String key, long revision, WatchListener listener) {
		return watch(key, revision, listener);
	}

	@Override
	public void reconnect(String reason, long since) {
		this.calls.add("reconnect");
	}

	record Pending<T>(String name, CompletableFuture<T> answer) {

		@Override
		public String toString() {
			return this.name;
		}

	}

	static final class FakeWatch implements WatchCall {

		final String prefix;

		final long revision;

		final WatchListener listener;

		boolean closed;

		int progressRequests;

		FakeWatch(String prefix, long revision, WatchListener listener) {
			this.prefix = prefix;
			this.revision = revision;
			this.listener = listener;
		}

		@Override
		public void requestProgress() {
			this.progressRequests++;
		}

		@Override
		public void close() {
			this.closed = true;
		}

	}

}
