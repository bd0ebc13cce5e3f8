package io.github.grpcdiscovery.autoconfigure.actuate;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

import io.github.grpcdiscovery.RegistrationStatus;
import io.github.grpcdiscovery.ServiceConfigStatus;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.SkippedEntry;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.autoconfigure.ConfiguredRegistries;
import io.github.grpcdiscovery.autoconfigure.server.OwnRegistration;

/**
 * {@link Endpoint @Endpoint} that shows what this application registered, and why under
 * that address, and whom it follows. Reads only, and only from memory.
 */
@Endpoint(id = "grpcdiscovery", defaultAccess = Access.READ_ONLY)
public final class GrpcDiscoveryEndpoint {

	private final ConfiguredRegistries registries;

	private final OwnRegistrations registrations;

	GrpcDiscoveryEndpoint(ConfiguredRegistries registries, OwnRegistrations registrations) {
		this.registries = registries;
		this.registrations = registrations;
	}

	/**
	 * What there is at this moment.
	 * @return the registries, this application's registrations and the followed services
	 */
	@ReadOperation
	public Discovery discovery() {
		List<RegistryDescriptor> registries = this.registries.all()
			.stream()
			.map((registry) -> new RegistryDescriptor(registry.name(), registry.description(),
					this.registries.chosen().contains(registry)))
			.toList();
		List<RegistrationDescriptor> registrations = this.registrations.get()
			.stream()
			.map(RegistrationDescriptor::of)
			.toList();
		List<ServiceDescriptor> services = this.registries.all()
			.stream()
			.flatMap((registry) -> registry.watches().stream())
			.map(ServiceDescriptor::of)
			.toList();
		return new Discovery(registries, registrations, services);
	}

	/**
	 * All of it. In the endpoints' own JSON, whatever the application's is like.
	 *
	 * @param registries the configured registries
	 * @param registrations this application's own registrations
	 * @param services the services that channels of this application follow
	 */
	public record Discovery(List<RegistryDescriptor> registries, List<RegistrationDescriptor> registrations,
			List<ServiceDescriptor> services) implements OperationResponseBody {
	}

	/**
	 * One configured registry.
	 *
	 * @param name as in properties and targets
	 * @param description as a person would name it
	 * @param chosen whether {@code discovery:///name} means it
	 */
	public record RegistryDescriptor(String name, String description, boolean chosen) {
	}

	/**
	 * One registration of this application.
	 *
	 * @param registry name of the registry
	 * @param instance what is registered
	 * @param addressReason why its host is the one it is
	 * @param state where it stands
	 * @param since when this state was entered
	 * @param registrations how often it was put into the registry
	 * @param lastError what went wrong last
	 * @param unhealthy which health check of the registry it does not pass, and why
	 */
	record RegistrationDescriptor(String registry, InstanceDescriptor instance, String addressReason, String state,
			Instant since, long registrations, @Nullable String lastError, @Nullable String unhealthy) {

		static RegistrationDescriptor of(OwnRegistration own) {
			RegistrationStatus status = own.status();
			return new RegistrationDescriptor(status.registry(), InstanceDescriptor.of(status.instance()),
					own.addressReason(), status.state().name(), status.since(), status.registrations(),
					status.lastError(), status.unhealthy());
		}

	}

	/**
	 * One followed service.
	 *
	 * @param registry name of the registry
	 * @param service name of the service
	 * @param connected whether the list is being kept up to date
	 * @param subscriptions how many channels share it
	 * @param instances the list as channels have it, if there is one yet
	 * @param unconfirmed addresses in the list that the registry does not have any more
	 * @param staleSince when the list was last known to be true, if it is not kept up to
	 * date
	 * @param updated when the list last changed
	 * @param reconnects how often contact was lost
	 * @param lastError what went wrong last
	 * @param unhealthy addresses of those that are registered and not called, each with
	 * what the registry says about it
	 * @param skipped what could not be read as an instance, the last first, at most 100;
	 * may have been mended since
	 * @param serviceConfig the service config of the registry, if a channel follows it
	 */
	record ServiceDescriptor(String registry, String service, boolean connected, int subscriptions,
			@Nullable List<InstanceDescriptor> instances, List<String> unconfirmed, @Nullable Instant staleSince,
			@Nullable Instant updated, long reconnects, @Nullable String lastError, Map<String, String> unhealthy,
			List<SkippedEntry> skipped, @Nullable ServiceConfigStatus serviceConfig) {

		static ServiceDescriptor of(WatchStatus status) {
			List<ServiceInstance> instances = status.instances();
			Map<String, String> unhealthy = new TreeMap<>();
			status.unhealthy().forEach((address, reason) -> unhealthy.put(address.toString(), reason));
			return new ServiceDescriptor(status.registry(), status.service(), status.connected(),
					status.subscriptions(),
					(instances != null) ? instances.stream().map(InstanceDescriptor::of).toList() : null,
					status.unconfirmed().stream().map((instance) -> instance.address().toString()).toList(),
					status.staleSince(), status.updated(), status.reconnects(), status.lastError(), unhealthy,
					status.skipped(), status.serviceConfig());
		}

	}

	/**
	 * One instance.
	 *
	 * @param id its name among all of the service
	 * @param service name of the service
	 * @param address host and port
	 * @param weight share of the calls
	 * @param zone failure domain
	 * @param version version of the application
	 * @param tags labels
	 * @param metadata pairs of key and value
	 */
	record InstanceDescriptor(String id, String service, String address, int weight, @Nullable String zone,
			@Nullable String version, List<String> tags, Map<String, String> metadata) {

		static InstanceDescriptor of(ServiceInstance instance) {
			return new InstanceDescriptor(instance.id(), instance.service(), instance.address().toString(),
					instance.weight(), instance.zone(), instance.version(), instance.tags(), instance.metadata());
		}

	}

}
