package io.github.grpcdiscovery.internal.util;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * What a failed future failed with.
 */
public final class Failures {

	private Failures() {
	}

	/**
	 * Takes off what futures wrap around an error.
	 * @param error what a future or its callback was given
	 * @return the first cause that no future made
	 */
	public static Throwable unwrap(Throwable error) {
		Throwable cause = error;
		while (cause instanceof CompletionException || cause instanceof ExecutionException) {
			Throwable next = cause.getCause();
			if (next == null) {
				return cause;
			}
			cause = next;
		}
		return cause;
	}

}
