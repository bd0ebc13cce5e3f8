package io.github.grpcdiscovery.benchmarks.balancing;

import io.github.grpcdiscovery.benchmarks.Options;

/**
 * One thing that happens to a service, with the policy and grpc-java's own in the same
 * moment.
 */
@FunctionalInterface
interface Scenario {

	/** What the policy is held against. */
	String ROUND_ROBIN = "round_robin";

	/**
	 * Lets it happen, and writes down what the policies did.
	 * @param policy name of the policy
	 * @param options how thoroughly
	 * @param findings takes what was found
	 */
	void run(String policy, Options options, Findings findings) throws Exception;

}
