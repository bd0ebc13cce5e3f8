package io.github.grpcdiscovery.autoconfigure.server;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.autoconfigure.DiscoveryConfigurationException;
import io.github.grpcdiscovery.internal.util.Durations;

/**
 * The application was told not to start without being registered, and could not be.
 */
public class RegistrationFailedException extends DiscoveryConfigurationException {

	/**
	 * Creates the exception.
	 * @param instance what could not be registered
	 * @param registry the registry as a person would name it, without secrets
	 * @param timeout how long it was tried; {@code null} if trying on is pointless
	 * @param reason the last error, without secrets; {@code null} if there was no answer
	 * @param cause the error, if there is one
	 */
	RegistrationFailedException(String instance, String registry, @Nullable Duration timeout, @Nullable String reason,
			@Nullable Throwable cause) {
		super("%s could not be registered in %s%s: %s".formatted(instance, registry,
				(timeout != null) ? " within " + Durations.text(timeout) : "", (reason != null) ? reason : "no answer"),
				"Check that the registry is running and can be reached from here with these settings. To start without it "
						+ "and register later, set grpc.discovery.registration.fail-fast=false.",
				cause);
	}

}
