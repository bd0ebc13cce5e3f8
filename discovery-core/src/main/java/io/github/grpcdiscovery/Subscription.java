package io.github.grpcdiscovery;

/**
 * One listener's part in following a service. Safe for use by any thread.
 */
public interface Subscription extends AutoCloseable {

	/**
	 * A hint that the list may be out of date, for example because connections fail. May
	 * be given as often as one likes: the registry is read only if it has not answered
	 * the watch for 15 seconds, at a random moment within the next two, and at most once
	 * in five. The watch goes on meanwhile.
	 */
	void refresh();

	/**
	 * Ends the subscription. The listener may still see a call that is already under way,
	 * and none after it.
	 */
	@Override
	void close();

}
