package io.github.grpcdiscovery.consul;

import io.github.grpcdiscovery.RegistryException;

/**
 * Consul answered, but by a status that is not success.
 */
final class ConsulStatusException extends RegistryException {

	private final int status;

	ConsulStatusException(String message, int status) {
		super(message, null);
		this.status = status;
	}

	int status() {
		return this.status;
	}

	boolean isServerError() {
		return this.status >= 500;
	}

}
