package io.github.grpcdiscovery.spi;

import org.jspecify.annotations.Nullable;

/**
 * How one registry lists a service and follows its changes: all that a registry writes to
 * be followed.
 */
@FunctionalInterface
public interface WatchSource {

	/**
	 * One try to list a service and to stay in contact. It hands over the complete list
	 * first, reports itself active, and then hands over changes; anything unexpected
	 * fails it, and the next one lists again.
	 * @param service name of the service
	 * @param sink takes what the registry holds
	 * @return a new attempt
	 */
	WatchAttempt attempt(String service, InstancesSink sink);

	/**
	 * How the service configs of services are read, if this registry has any.
	 * @return always the same; {@code null} if it has none
	 */
	default @Nullable ServiceConfigSource serviceConfigs() {
		return null;
	}

}
