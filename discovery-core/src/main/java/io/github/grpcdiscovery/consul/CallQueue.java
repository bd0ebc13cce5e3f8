package io.github.grpcdiscovery.consul;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import io.github.grpcdiscovery.spi.EventLoop;

/**
 * Calls of which only so many are under way at a time; the others wait for their turn. On
 * the event loop only.
 */
final class CallQueue {

	private final EventLoop loop;

	private final int limit;

	private final Queue<Waiting<?>> waiting = new ArrayDeque<>();

	private int underWay;

	/**
	 * Creates an empty queue.
	 * @param loop the registry's event loop
	 * @param limit how many calls are under way at a time
	 */
	CallQueue(EventLoop loop, int limit) {
		this.loop = loop;
		this.limit = limit;
	}

	/**
	 * Makes a call, now or when others are done.
	 * @param <T> type of the answer
	 * @param call makes it
	 * @return the call; whoever aborts it takes it out of the queue
	 */
	<T> ConsulCall<T> add(Supplier<ConsulCall<T>> call) {
		Waiting<T> waiting = new Waiting<>(call);
		this.waiting.add(waiting);
		sendWaiting();
		return new ConsulCall<>(waiting.answer, waiting::abort);
	}

	private void sendWaiting() {
		while (this.underWay < this.limit && !this.waiting.isEmpty()) {
			this.waiting.remove().send();
		}
	}

	/**
	 * A call that waits for its turn, and is then under way.
	 *
	 * @param <T> type of the answer
	 */
	private final class Waiting<T> {

		private final Supplier<ConsulCall<T>> call;

		private final CompletableFuture<T> answer = new CompletableFuture<>();

		private Runnable abort = () -> CallQueue.this.waiting.remove(this);

		Waiting(Supplier<ConsulCall<T>> call) {
			this.call = call;
		}

		void send() {
			CallQueue.this.underWay++;
			ConsulCall<T> call = begun();
			this.abort = call.abort();
			call.answer().whenComplete((answer, error) -> {
				if (error != null) {
					this.answer.completeExceptionally(error);
				}
				else {
					this.answer.complete(answer);
				}
				CallQueue.this.loop.execute(() -> {
					CallQueue.this.underWay--;
					sendWaiting();
				});
			});
		}

		// one that throws must not keep its place for ever
		private ConsulCall<T> begun() {
			try {
				return this.call.get();
			}
			catch (RuntimeException | LinkageError ex) {
				return new ConsulCall<>(CompletableFuture.failedFuture(ConsulErrors.unwrap(ex)), () -> {
				});
			}
		}

		void abort() {
			this.abort.run();
		}

	}

}
