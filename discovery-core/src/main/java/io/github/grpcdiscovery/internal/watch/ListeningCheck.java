package io.github.grpcdiscovery.internal.watch;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ReachabilityProbe;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * Checks again and again whether somebody listens at some addresses, one check at a time.
 * On the event loop only.
 */
final class ListeningCheck {

	/** Mean time between two checks. */
	static final Duration INTERVAL = Duration.ofSeconds(1);

	private final EventLoop loop;

	private final ReachabilityProbe reachability;

	private final Consumer<Set<HostAndPort>> output;

	private List<HostAndPort> addresses = List.of();

	private boolean checking;

	private EventLoop.@Nullable Timer timer;

	/**
	 * Creates it without addresses.
	 * @param loop where all of it happens
	 * @param reachability makes one check
	 * @param output takes the addresses at which nobody listens, after each check
	 */
	ListeningCheck(EventLoop loop, ReachabilityProbe reachability, Consumer<Set<HostAndPort>> output) {
		this.loop = loop;
		this.reachability = reachability;
		this.output = output;
	}

	/**
	 * Checks these from now on. The first check is made at once.
	 * @param addresses empty to check nothing any more
	 */
	void follow(Collection<HostAndPort> addresses) {
		this.addresses = List.copyOf(addresses);
		if (this.addresses.isEmpty()) {
			cancelTimer();
		}
		else if (this.timer == null && !this.checking) {
			check();
		}
	}

	private void check() {
		this.timer = null;
		this.checking = true;
		this.reachability.check(this.addresses, (unreachable) -> this.loop.execute(() -> checked(unreachable)));
	}

	private void checked(Set<HostAndPort> unreachable) {
		this.checking = false;
		if (!this.addresses.isEmpty()) {
			this.timer = this.loop.schedule(this.loop.jittered(INTERVAL), this::check);
			this.output.accept(unreachable);
		}
	}

	private void cancelTimer() {
		if (this.timer != null) {
			this.timer.cancel();
			this.timer = null;
		}
	}

}
