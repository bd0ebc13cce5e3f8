package io.github.grpcdiscovery.etcd;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.internal.util.DaemonThreads;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * Owns the jetcd client: makes it at first use, and another one when nothing was heard of
 * etcd for long. On the event loop, but for {@link #close()}.
 */
final class JetcdClients implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(JetcdClients.class);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

	private final EtcdSettings settings;

	private final EventLoop loop;

	private final EtcdAvailability contact;

	private final EtcdCallInterceptor interceptor;

	// all that jetcd does on behalf of us runs here, so that it never holds up the loop
	private final ThreadPoolExecutor executor;

	private @Nullable CompletableFuture<JetcdClient> client; // on the event loop only

	private long openedAt; // on the event loop only

	private boolean closed; // on the event loop only

	/**
	 * Creates it without a client.
	 * @param settings how to reach etcd
	 * @param loop the registry's event loop
	 * @param contact knows when etcd was heard last
	 */
	JetcdClients(EtcdSettings settings, EventLoop loop, EtcdAvailability contact) {
		this.settings = settings;
		this.loop = loop;
		this.contact = contact;
		this.interceptor = new EtcdCallInterceptor(settings.requestTimeout(), settings.renewalTimeout(),
				tokens(settings, loop), loop);
		this.executor = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				DaemonThreads.named("grpc-discovery-etcd-client"));
		this.executor.allowCoreThreadTimeOut(true);
	}

	private static @Nullable EtcdTokens tokens(EtcdSettings settings, EventLoop loop) {
		String user = settings.user();
		String password = settings.password();
		return (user != null && password != null) ? new EtcdTokens(settings, user, password, loop) : null;
	}

	/**
	 * Where jetcd is called.
	 * @return one thread
	 */
	Executor executor() {
		return this.executor;
	}

	/**
	 * The client to use now. Makes one if there is none, or if nothing was heard for
	 * long.
	 * @return completes when it is made, which takes long in a JVM that has just started
	 */
	CompletionStage<JetcdClient> open() {
		this.loop.requireInLoop();
		if (this.closed) {
			return CompletableFuture
				.failedFuture(new RegistryException(this.settings.description() + ": closed", null));
		}
		if (this.contact.isReconnectDue()) {
			reconnect("no response for too long", this.loop.nanoTime());
		}
		CompletableFuture<JetcdClient> opened = this.client;
		if (opened == null || opened.isCompletedExceptionally()) {
			opened = CompletableFuture.supplyAsync(this::make, this.executor);
			this.client = opened;
			this.openedAt = this.loop.nanoTime();
		}
		return opened;
	}

	private JetcdClient make() {
		try {
			return JetcdClient.open(this.settings, this.interceptor, this.executor);
		}
		catch (SSLException | RuntimeException | LinkageError ex) {
			throw new CompletionException(new RegistryException(
					"%s: cannot make a client: %s".formatted(this.settings.description(), EtcdErrors.describe(ex)),
					ex));
		}
	}

	private void release(CompletableFuture<JetcdClient> opened) {
		opened.thenAcceptAsync(JetcdClient::close, this.executor).exceptionally((error) -> {
			logger.debug("A client of {} could not be closed cleanly", this.settings.description(), error);
			return null;
		});
	}

	/**
	 * Gives up the client unless it is newer, so that the next call makes another.
	 * @param reason why, for the log
	 * @param since when the client was in use that is to be given up, by the loop's clock
	 */
	void reconnect(String reason, long since) {
		this.loop.requireInLoop();
		CompletableFuture<JetcdClient> before = this.client;
		if (before != null && !this.closed && this.openedAt - since <= 0) {
			logger.debug("New connection to {}: {}", this.settings.description(), reason);
			this.client = null;
			release(before);
		}
	}

	/**
	 * Ends all calls and releases the client and its thread, in two seconds at most. Any
	 * thread but the event loop's, any number of times.
	 */
	@Override
	public void close() {
		CompletableFuture<@Nullable Void> released = new CompletableFuture<>();
		this.loop.execute(() -> {
			CompletableFuture<JetcdClient> opened = this.client;
			this.client = null;
			if (!this.closed && opened != null) {
				release(opened);
			}
			this.closed = true;
			released.complete(null);
		});
		try {
			released.get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
			this.executor.shutdown();
			if (!this.executor.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
				this.executor.shutdownNow();
			}
		}
		catch (InterruptedException ex) {
			this.executor.shutdownNow();
			Thread.currentThread().interrupt();
		}
		catch (Exception ex) {
			this.executor.shutdownNow();
		}
	}

}
