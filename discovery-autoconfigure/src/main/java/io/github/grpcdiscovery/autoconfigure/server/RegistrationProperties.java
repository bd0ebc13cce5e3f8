package io.github.grpcdiscovery.autoconfigure.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

import io.github.grpcdiscovery.InvalidSettingException;
import io.github.grpcdiscovery.autoconfigure.SettingErrors;

/**
 * How this application's gRPC server is registered.
 */
@ConfigurationProperties("grpc.discovery.registration")
public class RegistrationProperties {

	private static final Duration MAX = Duration.ofDays(1);

	private static final Duration MAX_SELF_CHECK = Duration.ofSeconds(60);

	/**
	 * Whether to register this application's gRPC server. With 'false' the application
	 * only looks up others. In a '@SpringBootTest' nothing is registered in etcd and
	 * Consul unless this is set.
	 */
	private boolean enabled = true;

	/**
	 * Name to register under, which is what clients look up: at most 512 characters, no
	 * control characters. Only letters, digits and '-', at most 63, are served by
	 * Consul's DNS. Defaults to 'spring.application.name'.
	 */
	private @Nullable String service;

	/**
	 * Name of this instance among all of the service, without '/', '?', '#', '%' and
	 * spaces. No two running instances may share it, and it should stay the same over a
	 * restart. Defaults to the advertised host and port.
	 */
	private @Nullable String instanceId;

	/**
	 * Host name or IP address that clients connect to. Needed only where clients cannot
	 * reach the address that is found by itself, such as behind NAT.
	 */
	private @Nullable String host;

	/**
	 * Port that clients connect to. Defaults to the port that the gRPC server listens on,
	 * also when that is a random one.
	 */
	private @Nullable Integer port;

	/**
	 * Networks to take the advertised address from, best first, such as '10.1.0.0/16'.
	 * For machines with several addresses.
	 */
	private List<String> preferredNetworks = new ArrayList<>();

	/**
	 * Share of the calls that this instance should get relative to others, 0 to 1000.
	 * With 0 it gets no calls as long as another instance has more.
	 */
	private int weight = 100;

	/**
	 * Failure domain that this application runs in, such as an availability zone: clients
	 * in the same zone call this instance first, and this application's clients call
	 * those of its own zone first. Defaults to what 'AVAILABILITY_ZONE',
	 * 'EC2_AVAILABILITY_ZONE', 'spring.cloud.loadbalancer.zone' or
	 * 'cloud.availability_zone' in 'OTEL_RESOURCE_ATTRIBUTES' says.
	 */
	private @Nullable String zone;

	/**
	 * Version of the application, shown to clients and operators.
	 */
	private @Nullable String version;

	/**
	 * Free labels of this instance.
	 */
	private List<String> tags = new ArrayList<>();

	/**
	 * Free pairs of key and value: at most 64, keys of letters, digits, '-' and '_' with
	 * at most 128 characters, values with at most 512. Not a place for secrets: everybody
	 * who can read the registry can read them.
	 */
	private Map<String, String> metadata = new LinkedHashMap<>();

	/**
	 * Whether the application must not start unless it could be registered. With 'false'
	 * it starts and serves, and is registered as soon as the registry can be reached.
	 */
	private boolean failFast;

	/**
	 * How long to wait for the registration before giving up, with 'fail-fast'. If a dead
	 * process with the same instance id left an entry, the wait is longer, until that
	 * entry expires.
	 */
	private Duration failFastTimeout = Duration.ofSeconds(10);

	/**
	 * How long the server goes on serving after it was taken out of the registry and
	 * before it stops, so that every client learns of it.
	 */
	private Duration drain = Duration.ofSeconds(1);

	/**
	 * How long the first registration waits until the gRPC server has answered this
	 * application itself, where it listens and at the address to register. The answer
	 * loads what the first call of a client needs. An address that does not answer costs
	 * one warning, and the server is registered all the same. With '0' there is no check.
	 */
	private Duration selfCheck = Duration.ofSeconds(1);

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public @Nullable String getService() {
		return this.service;
	}

	public void setService(@Nullable String service) {
		this.service = service;
	}

	public @Nullable String getInstanceId() {
		return this.instanceId;
	}

	public void setInstanceId(@Nullable String instanceId) {
		this.instanceId = instanceId;
	}

	public @Nullable String getHost() {
		return this.host;
	}

	public void setHost(@Nullable String host) {
		this.host = host;
	}

	public @Nullable Integer getPort() {
		return this.port;
	}

	public void setPort(@Nullable Integer port) {
		this.port = port;
	}

	public List<String> getPreferredNetworks() {
		return this.preferredNetworks;
	}

	public void setPreferredNetworks(List<String> preferredNetworks) {
		this.preferredNetworks = preferredNetworks;
	}

	public int getWeight() {
		return this.weight;
	}

	public void setWeight(int weight) {
		this.weight = weight;
	}

	public @Nullable String getZone() {
		return this.zone;
	}

	public void setZone(@Nullable String zone) {
		this.zone = zone;
	}

	public @Nullable String getVersion() {
		return this.version;
	}

	public void setVersion(@Nullable String version) {
		this.version = version;
	}

	public List<String> getTags() {
		return this.tags;
	}

	public void setTags(List<String> tags) {
		this.tags = tags;
	}

	public Map<String, String> getMetadata() {
		return this.metadata;
	}

	public void setMetadata(Map<String, String> metadata) {
		this.metadata = metadata;
	}

	public boolean isFailFast() {
		return this.failFast;
	}

	public void setFailFast(boolean failFast) {
		this.failFast = failFast;
	}

	public Duration getFailFastTimeout() {
		return this.failFastTimeout;
	}

	public void setFailFastTimeout(Duration failFastTimeout) {
		this.failFastTimeout = failFastTimeout;
	}

	public Duration getDrain() {
		return this.drain;
	}

	public void setDrain(Duration drain) {
		this.drain = drain;
	}

	public Duration getSelfCheck() {
		return this.selfCheck;
	}

	public void setSelfCheck(Duration selfCheck) {
		this.selfCheck = selfCheck;
	}

	/**
	 * Checks what has a rule of its own.
	 * @return this
	 */
	RegistrationProperties checked() {
		check("drain", this.drain, MAX);
		check("fail-fast-timeout", this.failFastTimeout, MAX);
		check("self-check", this.selfCheck, MAX_SELF_CHECK);
		return this;
	}

	private static void check(String setting, Duration value, Duration max) {
		SettingErrors.below("grpc.discovery.registration.")
			.check(() -> InvalidSettingException.requireBetween(setting, value, Duration.ZERO, max));
	}

}
