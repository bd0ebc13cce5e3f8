package io.github.grpcdiscovery.etcd;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.RegistryException;

/**
 * Etcd does not know the lease: it expired, was revoked, or the data is another's.
 */
final class LeaseGoneException extends RegistryException {

	LeaseGoneException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
