package io.github.grpcdiscovery.internal.loadbalancing;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The methods that one channel calls. Any thread.
 */
final class MethodTimes {

	/** So many are kept apart; a proxy may call any number of them. */
	static final int MOST = 256;

	private final ConcurrentMap<String, MethodTime> byName = new ConcurrentHashMap<>();

	private final AtomicInteger next = new AtomicInteger(1);

	private final MethodTime others = new MethodTime(0);

	/**
	 * The usual time of a method.
	 * @param fullMethodName as gRPC has it
	 */
	MethodTime of(String fullMethodName) {
		MethodTime known = this.byName.get(fullMethodName);
		return (known != null) ? known : added(fullMethodName);
	}

	private MethodTime added(String fullMethodName) {
		if (this.next.get() >= MOST) {
			return this.others;
		}
		return this.byName.computeIfAbsent(fullMethodName, (name) -> {
			int index = this.next.getAndIncrement();
			return (index < MOST) ? new MethodTime(index) : this.others;
		});
	}

}
