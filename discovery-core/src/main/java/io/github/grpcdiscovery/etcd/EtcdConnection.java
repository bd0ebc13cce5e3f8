package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * The connection to etcd: what we ask of it, in terms of jetcd, bounded in time. On the
 * event loop, but for {@link #close()}.
 */
final class EtcdConnection implements EtcdApi, AutoCloseable {

	private final EtcdSettings settings;

	private final EventLoop loop;

	private final EtcdErrors errors;

	private final EtcdAvailability contact;

	private final JetcdClients clients;

	private final Duration guard;

	EtcdConnection(EtcdSettings settings, EventLoop loop) {
		this.settings = settings;
		this.loop = loop;
		this.errors = new EtcdErrors(settings.description(), settings.user());
		this.contact = new EtcdAvailability(loop);
		this.clients = new JetcdClients(settings, loop, this.contact);
		this.guard = settings.requestTimeout().plus(settings.renewalTimeout()).multipliedBy(3);
	}

	@Override
	public String description() {
		return this.settings.description();
	}

	@Override
	public CompletionStage<EtcdListing> list(String prefix) {
		String operation = "list '" + prefix + "'";
		return new EtcdPages((from, option) -> call(operation, (client) -> client.kv().get(from, option)), prefix)
			.read();
	}

	@Override
	public CompletionStage<EtcdCount> count(String prefix) {
		GetOption option = GetOption.builder().isPrefix(true).withCountOnly(true).build();
		return call("count '" + prefix + "'",
				(client) -> client.kv()
					.get(JetcdClient.bytes(prefix), option)
					.thenApply((response) -> new EtcdCount(response.getHeader().getRevision(),
							response.getHeader().getClusterId(), response.getCount())));
	}

	@Override
	public CompletionStage<Optional<EtcdRecord>> get(String key) {
		return call("get '" + key + "'",
				(client) -> client.kv()
					.get(JetcdClient.bytes(key))
					.thenApply((response) -> response.getKvs().stream().findFirst().map(EtcdPages::toRecord)));
	}

	@Override
	public CompletionStage<EtcdListing> read(String key) {
		return call("get '" + key + "'",
				(client) -> client.kv()
					.get(JetcdClient.bytes(key))
					.thenApply((response) -> new EtcdListing(response.getHeader().getRevision(),
							response.getHeader().getClusterId(),
							response.getKvs().stream().map(EtcdPages::toRecord).toList())));
	}

	@Override
	public CompletionStage<Boolean> put(String key, long expected, ByteSequence value, long lease) {
		Cmp unchanged = new Cmp(JetcdClient.bytes(key), Cmp.Op.EQUAL,
				(expected == 0) ? CmpTarget.createRevision(0) : CmpTarget.modRevision(expected));
		Op put = Op.put(JetcdClient.bytes(key), value, PutOption.builder().withLeaseId(lease).build());
		return call("put '" + key + "'",
				(client) -> client.kv().txn().If(unchanged).Then(put).commit().thenApply((done) -> done.isSucceeded()));
	}

	@Override
	public CompletionStage<EtcdLease> grant(Duration ttl) {
		return call("grant a lease",
				(client) -> client.lease()
					.grant(ttl.toSeconds())
					.thenApply((granted) -> new EtcdLease(granted.getID(), Duration.ofSeconds(granted.getTTL()))));
	}

	@Override
	public CompletionStage<?> revoke(long lease) {
		return call("revoke lease " + Long.toHexString(lease), (client) -> client.lease().revoke(lease));
	}

	@Override
	public CompletionStage<Duration> timeToLive(long lease) {
		String operation = "look up lease " + Long.toHexString(lease);
		return call(operation, (client) -> client.lease().timeToLive(lease, LeaseOption.DEFAULT).thenApply((left) -> {
			// 0 is a part of a second: that it is gone, etcd says by -1
			if (left.getTTL() < 0) {
				throw this.errors.leaseGone(operation);
			}
			return Duration.ofSeconds(left.getTTL());
		}));
	}

	@Override
	public CompletionStage<Duration> renew(long lease) {
		return call("renew lease " + Long.toHexString(lease),
				(client) -> client.lease()
					.keepAliveOnce(lease)
					.thenApply((renewed) -> Duration.ofSeconds(renewed.getTTL())));
	}

	@Override
	public WatchCall watch(String prefix, long revision, WatchListener listener) {
		return watch(prefix, true, revision, listener);
	}

	@Override
	public WatchCall watchKey(String key, long revision, WatchListener listener) {
		return watch(key, false, revision, listener);
	}

	private WatchCall watch(String key, boolean prefix, long revision, WatchListener listener) {
		JetcdWatch call = new JetcdWatch(key, prefix, revision, listener, this.errors, this.clients.executor(),
				this::onAnswer);
		this.clients.open().whenComplete(call::start);
		return call;
	}

	private <T> CompletionStage<T> call(String operation, Function<JetcdClient, CompletionStage<T>> call) {
		CompletableFuture<T> result = new CompletableFuture<>();
		start(this.clients.open(), call).whenComplete((value, error) -> finish(operation, result, value, error));
		// jetcd's future is trusted to complete, but not with an instance's life
		EventLoop.Timer guard = this.loop.schedule(this.guard, () -> finish(operation, result, null,
				new RegistryException("%s: %s: no answer and no error".formatted(description(), operation), null)));
		result.whenComplete((value, error) -> guard.cancel());
		// the future itself: what depends on it would wrap the error
		return result;
	}

	private <T> CompletionStage<T> start(CompletionStage<JetcdClient> opened,
			Function<JetcdClient, CompletionStage<T>> call) {
		try {
			return opened.thenComposeAsync(call, this.clients.executor());
		}
		catch (RejectedExecutionException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private <T> void finish(String operation, CompletableFuture<T> result, @Nullable T value,
			@Nullable Throwable error) {
		this.loop.execute(() -> {
			if (error == null) {
				this.contact.succeeded();
				this.errors.answered();
				result.complete(value);
			}
			else {
				if (EtcdErrors.isTransport(error)) {
					this.contact.failed();
				}
				else {
					this.contact.succeeded();
				}
				result.completeExceptionally(this.errors.translate(operation, error));
			}
		});
	}

	private void onAnswer() {
		this.loop.execute(this.contact::succeeded);
	}

	@Override
	public void reconnect(String reason, long since) {
		this.clients.reconnect(reason, since);
	}

	/**
	 * Ends all calls and releases the connection and its thread, in two seconds at most.
	 * Any thread but the event loop's, any number of times.
	 */
	@Override
	public void close() {
		this.clients.close();
	}

	@Override
	public String toString() {
		return "EtcdConnection[" + description() + "]";
	}

}
