package io.github.grpcdiscovery.spi;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

import io.github.grpcdiscovery.RegistryException;

/**
 * What one {@link Attempt} reports to and schedules with. Everything that is given to a
 * context runs on the event loop, and only while its attempt is the current one: whatever
 * comes late, from an attempt that is over, is dropped. Any thread may call it, except
 * where it says otherwise.
 */
public interface AttemptContext {

	/**
	 * The attempt is in contact. Says so again without effect.
	 */
	void active();

	/**
	 * The attempt is over; the next begins after a back-off, a short one if this one had
	 * been in contact for a while.
	 * @param cause why, without secrets
	 */
	void failed(RegistryException cause);

	/**
	 * Runs a task on the event loop if the attempt is still the current one by then. What
	 * the task throws fails the attempt.
	 * @param task what to run
	 */
	void execute(Runnable task);

	/**
	 * Runs a task later, if the attempt is still the current one by then. On the event
	 * loop only.
	 * @param delay how long to wait
	 * @param task what to run
	 * @return cancels the task; on the event loop only
	 */
	EventLoop.Timer schedule(Duration delay, Runnable task);

	/**
	 * Goes on with the result of a call, on the event loop, if the attempt is still the
	 * current one by then. A failed call fails the attempt.
	 * @param <T> the result's type
	 * @param call the call under way; its errors are {@link RegistryException}s
	 * @param next takes the result
	 */
	<T> void await(CompletionStage<T> call, Consumer<? super T> next);

	/**
	 * Goes on with the outcome of a call, on the event loop, if the attempt is still the
	 * current one by then. A failed call does not fail the attempt.
	 * @param <T> the result's type
	 * @param call the call under way; its errors are {@link RegistryException}s
	 * @param next takes the result
	 * @param failed takes the error
	 */
	<T> void await(CompletionStage<T> call, Consumer<? super T> next, Consumer<RegistryException> failed);

	/**
	 * The event loop that all of this runs on.
	 * @return the event loop
	 */
	EventLoop loop();

}
