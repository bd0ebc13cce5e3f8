package io.github.grpcdiscovery.consul;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

import io.github.grpcdiscovery.test.RegistryContract;
import io.github.grpcdiscovery.test.RegistryFixture;
import io.github.grpcdiscovery.testsupport.ConsulAgent;

class ConsulRegistryContractTests extends RegistryContract {

	private static ConsulAgent agent;

	@BeforeAll
	static void startAgent() {
		agent = ConsulAgent.builder().persistent().start();
	}

	@AfterAll
	static void stopAgent() {
		agent.close();
	}

	@Override
	protected RegistryFixture newFixture() {
		return new ConsulFixture(agent);
	}

}
