package io.github.grpcdiscovery.autoconfigure.actuate;

import java.util.List;

import org.springframework.beans.factory.ObjectProvider;

import io.github.grpcdiscovery.autoconfigure.server.OwnRegistration;
import io.github.grpcdiscovery.autoconfigure.server.ServerRegistrar;

/**
 * This application's registrations; none if it does not register.
 */
final class OwnRegistrations {

	private final ObjectProvider<ServerRegistrar> registrars;

	OwnRegistrations(ObjectProvider<ServerRegistrar> registrars) {
		this.registrars = registrars;
	}

	List<OwnRegistration> get() {
		return this.registrars.stream().flatMap((registrar) -> registrar.registrations().stream()).toList();
	}

}
