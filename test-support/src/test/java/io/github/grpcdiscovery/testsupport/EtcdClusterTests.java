package io.github.grpcdiscovery.testsupport;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EtcdClusterTests {

	@Test
	void anotherMemberLeadsWhenTheLeaderIsKilled() {
		try (EtcdCluster cluster = EtcdCluster.started()) {
			cluster.put("/k", "v");
			assertThat(cluster.endpoints()).hasSize(3).doesNotHaveDuplicates();
			EtcdServer killed = cluster.killLeader();
			assertThat(killed.isRunning()).isFalse();
			EtcdServer leader = cluster.leader();
			assertThat(leader).isNotSameAs(killed);
			assertThat(leader.get("/k")).containsEntry("/k", "v");
			killed.start();
			assertThat(killed.get("/k")).containsEntry("/k", "v");
		}
	}

}
