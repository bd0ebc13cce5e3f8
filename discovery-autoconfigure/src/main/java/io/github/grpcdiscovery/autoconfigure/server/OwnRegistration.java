package io.github.grpcdiscovery.autoconfigure.server;

import io.github.grpcdiscovery.RegistrationStatus;

/**
 * One registration of this application at one moment.
 *
 * @param status where it stands
 * @param addressReason why the advertised host is the one it is
 */
public record OwnRegistration(RegistrationStatus status, String addressReason) {

}
