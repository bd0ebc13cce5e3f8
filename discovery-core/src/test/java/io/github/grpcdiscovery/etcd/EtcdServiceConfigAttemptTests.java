package io.github.grpcdiscovery.etcd;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.etcd.jetcd.ByteSequence;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.internal.reconnect.ReconnectLoop;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

class EtcdServiceConfigAttemptTests {

	private static final String KEY = "prod/grpc-discovery/service-config/orders";

	private static final long CLUSTER = 7;

	private final FakeScheduler scheduler = new FakeScheduler();

	private final EventLoop loop = new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5);

	private final FakeEtcd etcd = new FakeEtcd();

	private final List<String> heard = new ArrayList<>();

	private final List<String> events = new ArrayList<>();

	@BeforeEach
	void begin() {
		ReconnectLoop connection = new ReconnectLoop("test", this.loop, Backoff.DEFAULT,
				() -> new EtcdServiceConfigAttempt(this.etcd, new EtcdKeys("prod/"), "orders",
						(value) -> this.heard
							.add((value != null) ? new String(value, StandardCharsets.UTF_8) : "none")),
				new ReconnectLoop.Listener() {

					@Override
					public void onActive() {
						EtcdServiceConfigAttemptTests.this.events.add("active");
					}

					@Override
					public void onLost(RegistryException cause) {
						EtcdServiceConfigAttemptTests.this.events.add(String.valueOf(cause.getMessage()));
					}

				});
		this.loop.execute(connection::start);
		this.scheduler.runDue();
	}

	@Test
	void readsTheKeyAndWatchesItFromTheNextRevision() {
		read(10, "{}");
		assertThat(this.heard).containsExactly("{}");
		assertThat(this.etcd.watch().prefix).isEqualTo(KEY);
		assertThat(this.etcd.watch().revision).isEqualTo(11);
		assertThat(this.events).isEmpty();
		created(10);
		assertThat(this.events).containsExactly("active");
		changed(11, "{1}");
		changed(12, null);
		assertThat(this.heard).containsExactly("{}", "{1}", "none");
	}

	@Test
	void keyThatIsNotThereIsWatchedForAllTheSame() {
		read(10, null);
		created(10);
		changed(11, "{}");
		assertThat(this.heard).containsExactly("none", "{}");
	}

	@Test
	void watchThatEndsIsMadeAgain() {
		read(10, "{}");
		created(10);
		this.etcd.watch().listener.onEnd(new RegistryException("cut", null));
		this.scheduler.runDue();
		assertThat(this.etcd.watch().closed).isTrue();
		this.scheduler.advance(Duration.ofSeconds(1));
		read(15, "{1}");
		assertThat(this.heard).containsExactly("{}", "{1}");
		assertThat(this.etcd.watch().revision).isEqualTo(16);
	}

	@Test
	void watchThatIsNotConfirmedIsMadeAgain() {
		read(10, "{}");
		this.scheduler.advance(EtcdServiceConfigAttempt.PROBE_TIMEOUT);
		assertThat(this.events).singleElement().asString().contains(KEY, "the watch is unresponsive");
	}

	@Test
	void watchThatDoesNotTellOfAChangeIsMadeAgain() {
		read(10, "{}");
		created(10);
		this.scheduler.advance(EtcdServiceConfigAttempt.COMPARISON);
		read(12, "{1}");
		assertThat(this.heard).as("the watch may still report it").containsExactly("{}");
		this.scheduler.advance(EtcdServiceConfigAttempt.PROBE_TIMEOUT);
		assertThat(this.events).last().asString().contains("does not report a change");
		this.scheduler.advance(Duration.ofSeconds(1));
		read(12, "{1}");
		assertThat(this.heard).containsExactly("{}", "{1}");
	}

	@Test
	void watchThatTellsOfAChangeAfterTheReadIsTrusted() {
		read(10, "{}");
		created(10);
		this.scheduler.advance(EtcdServiceConfigAttempt.COMPARISON);
		read(12, "{1}");
		changed(12, "{1}");
		this.scheduler.advance(EtcdServiceConfigAttempt.PROBE_TIMEOUT);
		assertThat(this.events).containsExactly("active");
		this.scheduler.advance(EtcdServiceConfigAttempt.COMPARISON);
		read(12, "{1}");
		this.scheduler.advance(EtcdServiceConfigAttempt.PROBE_TIMEOUT);
		assertThat(this.events).containsExactly("active");
	}

	@Test
	void storeThatWentBackIsReadAgain() {
		read(10, "{}");
		created(10);
		this.scheduler.advance(EtcdServiceConfigAttempt.COMPARISON);
		read(4, "{old}");
		assertThat(this.events).last().asString().contains("etcd went back from revision 10 to 4");
	}

	private void read(long revision, @Nullable String value) {
		List<EtcdRecord> records = (value != null) ? List.of(new EtcdRecord(KEY, bytes(value), revision, 0))
				: List.of();
		this.etcd.answer("read " + KEY, new EtcdListing(revision, CLUSTER, records));
		this.scheduler.runDue();
	}

	private void created(long revision) {
		this.etcd.watch().listener.onChanges(new EtcdChanges(true, revision, CLUSTER, List.of()));
		this.scheduler.runDue();
	}

	private void changed(long revision, @Nullable String value) {
		EtcdChanges.Change change = new EtcdChanges.Change(KEY, (value != null) ? bytes(value) : null, revision);
		this.etcd.watch().listener.onChanges(new EtcdChanges(false, revision, CLUSTER, List.of(change)));
		this.scheduler.runDue();
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

}
