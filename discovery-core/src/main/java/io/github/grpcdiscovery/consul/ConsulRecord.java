package io.github.grpcdiscovery.consul;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.internal.util.Durations;

/**
 * One instance as it is written into Consul.
 *
 * @param id Consul's id of it
 * @param owner token of this process
 * @param json what is registered
 */
record ConsulRecord(String id, String owner, Map<String, Object> json) {

	/**
	 * The record of an instance.
	 * @param instance what to register
	 * @param check how Consul finds out whether it is well
	 * @return the record, with a new owner token
	 * @throws IllegalArgumentException naming what Consul cannot hold
	 */
	static ConsulRecord of(ServiceInstance instance, ConsulCheck check) {
		ConsulServiceName.requireAnswered(instance.service());
		String id = ConsulIds.of(instance);
		String owner = UUID.randomUUID().toString();
		Map<String, Object> json = new LinkedHashMap<>();
		json.put("ID", id);
		json.put("Name", instance.service());
		json.put("Address", instance.host());
		json.put("Port", instance.port());
		json.put("Tags", tags(instance));
		json.put("Meta", ConsulMeta.of(instance, owner));
		json.put("TaggedAddresses", Map.of("grpc", taggedAddress(instance, check.tls())));
		json.put("EnableTagOverride", false);
		// Consul refuses a weight of 0: what is drained says so in its Meta
		json.put("Weights", ordered("Passing", Math.max(1, instance.weight()), "Warning", 1));
		json.put("Checks", checks(id, instance.address(), check));
		return new ConsulRecord(id, owner, json);
	}

	// kratos reads the version from there
	private static List<String> tags(ServiceInstance instance) {
		List<String> tags = new ArrayList<>(instance.tags());
		String version = ConsulMeta.VERSION + "=" + instance.version();
		if (instance.version() != null && !tags.contains(version)) {
			tags.add(version);
		}
		return tags;
	}

	private static Map<String, Object> taggedAddress(ServiceInstance instance, boolean tls) {
		return ordered("Address", (tls ? "grpcs://" : "grpc://") + instance.address(), "Port", instance.port());
	}

	private static List<Map<String, Object>> checks(String id, HostAndPort address, ConsulCheck check) {
		List<Map<String, Object>> checks = new ArrayList<>();
		if (check.kind() == ConsulCheck.Kind.NONE) {
			return checks;
		}
		if (check.kind() == ConsulCheck.Kind.TTL) {
			Map<String, Object> ttl = ordered("CheckID", ConsulIds.check(id), "Name", "TTL");
			ttl.put("TTL", Durations.text(check.ttl()));
			checks.add(withStatus(ttl, check));
			return checks;
		}
		checks.add(grpc(ConsulIds.check(id), "gRPC health", address.toString(), check));
		for (String service : check.services()) {
			checks.add(grpc(ConsulIds.check(id) + ":" + service, "gRPC health of " + service, address + "/" + service,
					check));
		}
		return checks;
	}

	private static Map<String, Object> grpc(String checkId, String name, String target, ConsulCheck check) {
		Map<String, Object> grpc = ordered("CheckID", checkId, "Name", name);
		grpc.put("GRPC", target);
		grpc.put("GRPCUseTLS", check.tls());
		if (check.tlsServerName() != null) {
			grpc.put("TLSServerName", check.tlsServerName());
		}
		grpc.put("Interval", Durations.text(check.interval()));
		grpc.put("Timeout", Durations.text(check.timeout()));
		return withStatus(grpc, check);
	}

	// we register once we serve: otherwise an instance is invisible until the first probe
	private static Map<String, Object> withStatus(Map<String, Object> json, ConsulCheck check) {
		json.put("Status", "passing");
		json.put("DeregisterCriticalServiceAfter", Durations.text(check.deregisterAfter()));
		return json;
	}

	private static Map<String, Object> ordered(String first, Object value, String second, Object other) {
		Map<String, Object> map = new LinkedHashMap<>();
		map.put(first, value);
		map.put(second, other);
		return map;
	}

	/**
	 * The same instance, but not well from the beginning.
	 * @return a changed copy
	 */
	ConsulRecord critical() {
		Map<String, Object> critical = new LinkedHashMap<>(this.json);
		List<Map<String, @Nullable Object>> checks = new ArrayList<>();
		if (this.json.get("Checks") instanceof List<?> passing) {
			for (Object check : passing) {
				Map<String, @Nullable Object> copy = new LinkedHashMap<>(Json.asObject(check));
				copy.put("Status", "critical");
				checks.add(copy);
			}
		}
		critical.put("Checks", checks);
		return new ConsulRecord(this.id, this.owner, critical);
	}

	/**
	 * What is sent to the agent.
	 * @return the JSON text
	 */
	String body() {
		return new String(Json.writeObject(this.json), StandardCharsets.UTF_8);
	}

	/**
	 * Whether the agent holds what we wrote.
	 * @param service what the agent holds
	 * @return {@code false} if somebody changed it
	 */
	boolean isSame(Map<String, @Nullable Object> service) {
		Object grpc = Json.asObject(service.get("TaggedAddresses")).get("grpc");
		return Objects.equals(service.get("Service"), this.json.get("Name"))
				&& Objects.equals(service.get("Address"), this.json.get("Address"))
				&& Objects.equals(service.get("Port"), this.json.get("Port"))
				&& Objects.equals(Objects.requireNonNullElse(service.get("Tags"), List.of()), this.json.get("Tags"))
				&& Objects.equals(service.get("Meta"), this.json.get("Meta"))
				&& Objects.equals(Json.asObject(this.json.get("TaggedAddresses")).get("grpc"), grpc);
	}

	boolean isOwner(Map<String, @Nullable Object> service) {
		return this.owner.equals(owner(service));
	}

	/**
	 * The token of the process that wrote a service.
	 * @param service what the agent holds
	 * @return {@code null} if it is no process of this kind
	 */
	static @Nullable Object owner(Map<String, @Nullable Object> service) {
		return Json.asObject(service.get("Meta")).get(ConsulMeta.OWNER);
	}

}
