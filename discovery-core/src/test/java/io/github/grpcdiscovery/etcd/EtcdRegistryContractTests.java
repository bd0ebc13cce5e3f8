package io.github.grpcdiscovery.etcd;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

import io.github.grpcdiscovery.test.RegistryContract;
import io.github.grpcdiscovery.test.RegistryFixture;
import io.github.grpcdiscovery.testsupport.EtcdServer;

/** What every registry does, done by {@link EtcdRegistry} on a real etcd. */
class EtcdRegistryContractTests extends RegistryContract {

	private static EtcdServer server;

	@BeforeAll
	static void startServer() {
		server = EtcdServer.started();
	}

	@AfterAll
	static void closeServer() {
		server.close();
	}

	@Override
	protected RegistryFixture newFixture() {
		return new EtcdFixture(server);
	}

}
