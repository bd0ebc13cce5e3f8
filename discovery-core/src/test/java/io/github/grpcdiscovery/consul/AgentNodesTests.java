package io.github.grpcdiscovery.consul;

import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.testsupport.CapturedLog;

import static org.assertj.core.api.Assertions.assertThat;

class AgentNodesTests {

	private final CapturedLog log = new CapturedLog(AgentNodes.class);

	private final AgentNodes nodes = new AgentNodes("consul (http://lb:8500)", "10.0.0.1:9090");

	@AfterEach
	void closeLog() {
		this.log.close();
	}

	@Test
	void agentsThatAnswerInTurnAreWarnedOfOnce() {
		answered("a", "b", "a", "b", "c", "a");
		assertThat(this.log.warnings()).singleElement()
			.asString()
			.startsWith("consul (http://lb:8500) is more than one agent: the nodes 'b' and 'a' respond in turn. "
					+ "10.0.0.1:9090 is registered with each of them")
			.contains("grpc.discovery.consul.host");
	}

	@Test
	void agentThatIsReplacedIsNoNews() {
		answered("a", "a", "b", "b", "", "b", "c", "c");
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void namesThatNeverEndAreNotAllKept() {
		for (int i = 0; i < 1000; i++) {
			answered("n" + i);
		}
		answered("n999", "n500");
		assertThat(this.log.warnings()).isEmpty();
	}

	private void answered(String... names) {
		List.of(names).forEach(this.nodes::answered);
	}

}
