package io.github.grpcdiscovery.autoconfigure.server;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.InvalidSettingException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.autoconfigure.DiscoveryConfigurationException;
import io.github.grpcdiscovery.autoconfigure.PropertyCheck;
import io.github.grpcdiscovery.autoconfigure.RegistryLocation;
import io.github.grpcdiscovery.autoconfigure.SettingErrors;
import io.github.grpcdiscovery.internal.registration.AdvertisedAddress;
import io.github.grpcdiscovery.internal.registration.AdvertisedAddresses;
import io.github.grpcdiscovery.internal.registration.AdvertisedAddresses.Preferences;
import io.github.grpcdiscovery.internal.registration.Cidr;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Makes the instance to register from the properties and the running server, and says
 * which property is wrong if it cannot.
 */
final class ServiceInstanceFactory {

	private static final String PREFIX = "grpc.discovery.registration.";

	private static final SettingErrors ERRORS = SettingErrors.below(PREFIX);

	private final RegistrationProperties properties;

	private final @Nullable String applicationName;

	private final @Nullable String zone;

	private final AdvertisedAddresses addresses;

	private final List<ServiceInstanceCustomizer> customizers;

	ServiceInstanceFactory(RegistrationProperties properties, @Nullable String applicationName, @Nullable String zone,
			AdvertisedAddresses addresses, Stream<ServiceInstanceCustomizer> customizers) {
		this.properties = properties;
		this.applicationName = applicationName;
		this.zone = zone;
		this.addresses = addresses;
		this.customizers = customizers.toList();
	}

	/**
	 * Finds the host to advertise.
	 * @param server the running server
	 * @param locations where the registries are reached, if known
	 * @return the host, and why it is that one
	 */
	AdvertisedAddress address(RunningServer server, List<RegistryLocation> locations) {
		String host = this.properties.getHost();
		if (host != null) {
			ERRORS.check(() -> requireConnectable(host));
		}
		List<Cidr> networks = this.properties.getPreferredNetworks()
			.stream()
			.map((text) -> PropertyCheck.of(PREFIX + "preferred-networks", text, () -> Cidr.parse(text)))
			.toList();
		try {
			return this.addresses.choose(new Preferences(host, server.address(), networks,
					locations.stream().flatMap((location) -> location.endpoints().stream()).toList(),
					locations.stream().map(RegistryLocation::nodeAddress).toList()));
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			throw new DiscoveryConfigurationException("No address to advertise could be found: " + ex.getMessage(),
					"Set %shost to the address or host name that clients can connect to.".formatted(PREFIX), ex);
		}
	}

	/**
	 * Makes the instance to register.
	 * @param server the running server
	 * @param host the host to advertise
	 * @return the instance
	 */
	ServiceInstance instance(RunningServer server, String host) {
		RegistrationProperties p = this.properties;
		String service = service();
		ServiceInstance instance = ERRORS
			.check(() -> ServiceInstance.builder(service, host, (p.getPort() != null) ? p.getPort() : server.port())
				.id(p.getInstanceId())
				.weight(p.getWeight())
				.zone(this.zone)
				.version(p.getVersion())
				.tags(p.getTags())
				.metadata(p.getMetadata())
				.started(Instant.now())
				.build());
		for (ServiceInstanceCustomizer customizer : this.customizers) {
			instance = customizer.customize(instance);
		}
		return instance;
	}

	private String service() {
		String service = this.properties.getService();
		if (service != null) {
			return ERRORS.check(() -> ServiceInstance.requireServiceName(service));
		}
		String name = this.applicationName;
		if (!StringUtils.hasText(name)) {
			throw new DiscoveryConfigurationException("The gRPC server has no service name to be registered under.",
					("Set spring.application.name, or %sservice where the two should differ. If the server should not be "
							+ "registered at all, set %senabled=false.")
						.formatted(PREFIX, PREFIX));
		}
		if (name.contains("${")) {
			throw new DiscoveryConfigurationException(
					"spring.application.name: '%s' (expected: a name; nothing resolves the placeholder)".formatted(
							Printable.of(name)),
					"Give the placeholder a value, or a default as in ${NAME:default}.");
		}
		try {
			return ServiceInstance.requireServiceName(name);
		}
		catch (IllegalArgumentException ex) {
			throw new DiscoveryConfigurationException(
					"spring.application.name is no name to register a gRPC server under: " + ex.getMessage(),
					"Change it, or set %sservice to a name that follows the rule.".formatted(PREFIX), ex);
		}
	}

	private static HostAndPort requireConnectable(String host) {
		HostAndPort address = new HostAndPort(host, 1);
		if (address.isWildcard()) {
			throw InvalidSettingException.of("host", host,
					"an address or host name that clients can connect to; leave it out to have one found");
		}
		return address;
	}

}
