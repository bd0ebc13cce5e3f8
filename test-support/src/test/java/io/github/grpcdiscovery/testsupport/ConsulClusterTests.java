package io.github.grpcdiscovery.testsupport;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ConsulClusterTests {

	@Test
	void anotherServerLeadsWhenTheLeaderIsKilled() {
		try (ConsulCluster cluster = ConsulCluster.started()) {
			ConsulAgent killed = cluster.killLeader();
			assertThat(killed.isRunning()).isFalse();
			assertThat(cluster.leader()).isNotSameAs(killed);
			Conditions.await().until(cluster.client()::isReady);
		}
	}

}
