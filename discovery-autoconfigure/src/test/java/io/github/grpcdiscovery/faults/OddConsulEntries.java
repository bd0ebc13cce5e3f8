package io.github.grpcdiscovery.faults;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.grpcdiscovery.testsupport.ConsulAgent;

/**
 * Entries of a service in Consul that are no gRPC instance of it, as far as an agent and
 * its catalog take them.
 */
final class OddConsulEntries {

	// what stands behind the id; the agent takes all of it
	private static final List<String> ENTRIES = List.of(
			// addresses
			"\"Port\":0", "\"Port\":-5", "\"Port\":70000", "\"Port\":2147483647", "\"Address\":\"0.0.0.9\",\"Port\":80",
			"\"Address\":\"169.254.169.254\",\"Port\":80", "\"Address\":\"224.0.0.1\",\"Port\":80",
			"\"Address\":\"http://127.0.0.1\",\"Port\":1", "\"Address\":\"127.0.0.1:1\",\"Port\":1",
			"\"Address\":\"a b\",\"Port\":1", "\"Address\":\"x\\r\\nERROR forged\",\"Port\":1",
			"\"Address\":\"" + "h".repeat(300) + "\",\"Port\":1", "\"Address\":\"300.1.1.1\",\"Port\":1",
			// ports of others
			"\"Port\":1,\"Meta\":{\"gRPC_port\":\"no number\"}", "\"Port\":1,\"Meta\":{\"gRPC_port\":\"\"}",
			"\"Port\":1,\"Meta\":{\"gRPC_port\":\"99999999999\"}", "\"Port\":1,\"Tags\":[\"gRPC.port=0\"]",
			"\"Port\":1,\"Meta\":{\"secure\":\"false\"}",
			"\"Port\":1,\"TaggedAddresses\":{\"http\":{\"Address\":\"http://127.0.0.1:1\",\"Port\":1}}",
			// much of it
			"\"Port\":0,\"Meta\":{" + pairs(64) + "}", "\"Port\":0,\"Tags\":[" + tags(2000) + "]",
			"\"Port\":0,\"Tags\":[\"" + "t".repeat(100_000) + "\"]",
			"\"Port\":0,\"TaggedAddresses\":{\"" + "n".repeat(3000) + "\":{\"Address\":\"127.0.0.1\",\"Port\":1}}",
			"\"Port\":0,\"Proxy\":{\"Config\":{\"deep\":" + "[".repeat(200) + "]".repeat(200) + "}}",
			"\"Port\":0,\"Proxy\":{\"Config\":{\"" + "k".repeat(3000) + "\":1e308}}",
			"\"Port\":0,\"Weights\":{\"Passing\":65535,\"Warning\":0}");

	private static final int NODES = 60;

	private final ConsulAgent agent;

	OddConsulEntries(ConsulAgent agent) {
		this.agent = agent;
	}

	/**
	 * Registers each kind several times, and one id on many nodes.
	 * @param round makes the ids of each call different ones
	 * @return how many entries
	 */
	int register(int round) {
		int entries = 0;
		for (int i = 0; i < 4; i++) {
			for (String entry : ENTRIES) {
				this.agent.put("/v1/agent/service/register",
						"{\"Name\":\"echo\",\"ID\":\"odd-%d-%d\",%s}".formatted(round, entries++, entry));
			}
		}
		for (int node = 0; node < NODES; node++) {
			this.agent.put("/v1/catalog/register",
					"{\"Node\":\"n-%1$d-%2$d\",\"Address\":\"%3$s\",\"Service\":{\"Service\":\"echo\",\"ID\":\"same\",\"Port\":%4$d}}"
						.formatted(round, node, (node % 2 == 0) ? "127.0.0.1" : "not an address",
								(node % 2 == 0) ? -node : 1));
			entries++;
		}
		return entries;
	}

	private static String pairs(int count) {
		return IntStream.range(0, count)
			.mapToObj((i) -> "\"k%d\":\"%s\"".formatted(i, "v".repeat(500)))
			.collect(Collectors.joining(","));
	}

	private static String tags(int count) {
		return IntStream.range(0, count).mapToObj((i) -> "\"t" + i + "\"").collect(Collectors.joining(","));
	}

}
