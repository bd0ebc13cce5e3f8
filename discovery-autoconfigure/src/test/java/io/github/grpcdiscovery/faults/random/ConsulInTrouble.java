package io.github.grpcdiscovery.faults.random;

import java.net.URI;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.consul.ConsulRegistry;
import io.github.grpcdiscovery.consul.ConsulSettings;
import io.github.grpcdiscovery.testsupport.ConsulAgent;

/** One Consul agent, a server that keeps its data, unless wiped. */
final class ConsulInTrouble implements RegistryInTrouble {

	private static final String REGISTER = "/v1/agent/service/register";

	private static final String FOREIGN = "foreign";

	private static final JsonMapper JSON = new JsonMapper();

	private final ConsulAgent agent = ConsulAgent.builder().persistent().start();

	@Override
	public int port() {
		return this.agent.httpPort();
	}

	@Override
	public String[] properties(int port) {
		return new String[] { "grpc.discovery.consul.host=127.0.0.1", "grpc.discovery.consul.port=" + port,
				"grpc.discovery.consul.check.interval=2s", "grpc.discovery.consul.check.deregister-after=1m" };
	}

	@Override
	public Registry client(URI uri, WatchSettings settings) {
		return new ConsulRegistry(ConsulSettings.of(uri), settings, ConsulRegistry.REGISTRATION_BACKOFF,
				DiscoveryObserver.NONE);
	}

	@Override
	public Set<Fault> faults() {
		return EnumSet
			.complementOf(EnumSet.of(Fault.LEASE_IS_REVOKED, Fault.HISTORY_IS_COMPACTED, Fault.STORE_IS_FULL));
	}

	@Override
	public void kill() {
		this.agent.kill();
	}

	@Override
	public void start() {
		this.agent.start();
	}

	@Override
	public void pause() {
		this.agent.pause();
	}

	@Override
	public void resume() {
		this.agent.resume();
	}

	@Override
	public void wipe() {
		this.agent.wipe();
	}

	@Override
	public Set<Integer> held() {
		Set<Integer> ports = new TreeSet<>();
		for (JsonNode entry : JSON.readTree(this.agent.get("/v1/health/service/echo?passing=1"))) {
			ports.add(entry.path("Service").path("Port").asInt());
		}
		return ports;
	}

	/** Four for a registration, one for each service that is followed. */
	@Override
	public int mostConnections(int servers) {
		return 4 * servers + 1;
	}

	@Override
	public int leases() {
		return JSON.readTree(this.agent.get("/v1/agent/services")).size();
	}

	@Override
	public void delete(int port) {
		idsOn(port).forEach((id) -> this.agent.put("/v1/agent/service/deregister/" + id));
	}

	@Override
	public void overwrite(int port) {
		idsOn(port).forEach((id) -> register(id, "127.0.0.1", 2));
	}

	private List<String> idsOn(int port) {
		return JSON.readTree(this.agent.get("/v1/agent/services"))
			.values()
			.stream()
			.filter((service) -> service.path("Port").asInt() == port)
			.map((service) -> service.path("ID").asString())
			.toList();
	}

	/** Some of it the agent refuses itself. */
	@Override
	public void putGarbage(String value) {
		this.agent.send("PUT", REGISTER, definition(FOREIGN, value.isEmpty() ? "0.0.0.0" : value, 0), null);
	}

	@Override
	public void putForeign(String host, int port) {
		register(FOREIGN, host, port);
	}

	private void register(String id, String address, int port) {
		this.agent.put(REGISTER, definition(id, address, port));
	}

	private static String definition(String id, String address, int port) {
		return JSON.writeValueAsString(Map.of("ID", id, "Name", "echo", "Address", address, "Port", port));
	}

	@Override
	public void removeForeign() {
		if (this.agent.send("GET", "/v1/agent/service/" + FOREIGN, null, null).statusCode() == 200) {
			this.agent.put("/v1/agent/service/deregister/" + FOREIGN);
		}
	}

	@Override
	public void close() {
		this.agent.close();
	}

	@Override
	public String toString() {
		return "consul";
	}

}
