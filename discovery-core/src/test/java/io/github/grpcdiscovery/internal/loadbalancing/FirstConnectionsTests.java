package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer.FixedResultPicker;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.testsupport.FakeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

class FirstConnectionsTests {

	private static final SubchannelPicker NONE = new FixedResultPicker(PickResult.withNoResult());

	private final SubchannelPicker one = new FixedResultPicker(PickResult.withError(Status.ABORTED));

	private final SubchannelPicker three = new FixedResultPicker(PickResult.withError(Status.INTERNAL));

	private final FakeScheduler scheduler = new FakeScheduler();

	private final List<SubchannelPicker> published = new ArrayList<>();

	private boolean connecting = true;

	private final FirstConnections connections = new FirstConnections(new SynchronizationContext((thread, error) -> {
		throw new AssertionError(error);
	}), this.scheduler, () -> this.connecting, (state, picker) -> this.published.add(picker));

	@Test
	void callsThatWaitAreSpreadOverAllConnectionsThatAreMadeAtTheSameTime() {
		this.connections.update(ConnectivityState.CONNECTING, NONE);
		this.connections.update(ConnectivityState.READY, this.one);
		assertThat(this.published).containsExactly(NONE);
		this.connecting = false;
		this.connections.update(ConnectivityState.READY, this.three);
		assertThat(this.published).containsExactly(NONE, this.three);
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(this.published).hasSize(2);
	}

	@Test
	void connectionThatTakesLongerIsNotWaitedFor() {
		this.connections.update(ConnectivityState.READY, this.one);
		this.connections.update(ConnectivityState.READY, this.three);
		this.scheduler.advance(FirstConnections.HOLD);
		assertThat(this.published).as("the last one").containsExactly(this.three);
		this.connections.update(ConnectivityState.READY, this.one);
		assertThat(this.published).as("from then on at once").containsExactly(this.three, this.one);
	}

	@Test
	void onlyServerIsNotWaitedWith() {
		this.connecting = false;
		this.connections.update(ConnectivityState.READY, this.one);
		assertThat(this.published).containsExactly(this.one);
	}

	@Test
	void connectionThatBreaksMeanwhileIsNotTold() {
		this.connections.update(ConnectivityState.READY, this.one);
		this.connections.update(ConnectivityState.CONNECTING, NONE);
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(this.published).containsExactly(NONE);
		this.connections.update(ConnectivityState.READY, this.one);
		this.connections.shutdown();
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(this.published).containsExactly(NONE);
		assertThat(this.scheduler.pendingTasks()).isZero();
	}

}
