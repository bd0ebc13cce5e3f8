package io.github.grpcdiscovery;

import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Another process holds the instance id that we want to register.
 */
public class RegistrationConflictException extends RegistryException {

	/**
	 * Creates the exception.
	 * @param wanted what we want to register
	 * @param holder the address that the registry has under the same id
	 */
	public RegistrationConflictException(ServiceInstance wanted, String holder) {
		super("instance id '%s' of service '%s' is held by %s, and this process is %s (expected: one process an id; set a different grpc.discovery.registration.instance-id, or stop the other process)"
			.formatted(wanted.id(), wanted.service(), Printable.of(holder), wanted.address()), null);
	}

	@Override
	public boolean isPermanent() {
		return true;
	}

}
