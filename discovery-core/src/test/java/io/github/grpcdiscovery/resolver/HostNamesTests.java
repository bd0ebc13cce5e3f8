package io.github.grpcdiscovery.resolver;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.grpc.SynchronizationContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

class HostNamesTests {

	private final FakeScheduler scheduler = new FakeScheduler();

	private final SynchronizationContext syncContext = new SynchronizationContext((thread, error) -> {
		throw new AssertionError(error);
	});

	/** What the name server knows. */
	private final Map<String, List<String>> known = new TreeMap<>();

	/** Look-ups that are under way. */
	private final List<Runnable> underWay = new ArrayList<>();

	private final List<String> lookedUp = new ArrayList<>();

	private final CapturedLog log = new CapturedLog(HostNames.class);

	private int changes;

	private final HostNames names = new HostNames(this::lookUp, this.underWay::add, this.syncContext,
			() -> this.scheduler, () -> this.changes++);

	@AfterEach
	void closeLog() {
		this.log.close();
	}

	@Test
	void namesAreLookedUpAtTheSameTimeAndEachCountsWhenItIsKnown() {
		this.known.putAll(Map.of("a", List.of("10.0.0.1"), "b", List.of("10.0.0.2", "10.0.0.3")));
		follow("a", "b");
		assertThat(this.underWay).hasSize(2);
		assertThat(this.names.areIncomplete()).isTrue();
		this.underWay.remove(1).run();
		assertThat(this.changes).isEqualTo(1);
		assertThat(addresses("a").size() + addresses("b").size()).isPositive();
		this.underWay.remove(0).run();
		assertThat(this.names.areIncomplete()).isFalse();
		assertThat(addresses("a")).containsExactly("10.0.0.1");
		assertThat(addresses("b")).as("all of them").containsExactly("10.0.0.2", "10.0.0.3");
		assertThat(this.scheduler.pendingTasks()).isZero();
	}

	@Test
	void listsThatComeFasterThanLookUpsBeginNoneAnew() {
		this.known.put("a", List.of("10.0.0.1"));
		for (int i = 0; i < 25; i++) {
			follow("a");
		}
		assertThat(this.underWay).hasSize(1);
		answerAll();
		assertThat(addresses("a")).containsExactly("10.0.0.1");
		follow("a");
		assertThat(this.underWay).isEmpty();
		assertThat(this.changes).isEqualTo(1);
	}

	@Test
	void nameThatResolvesLateIsFound() {
		follow("a");
		answerAll();
		assertThat(addresses("a")).isEmpty();
		assertThat(this.changes).isEqualTo(1);
		this.scheduler.advance(HostNames.INTERVAL);
		answerAll();
		this.known.put("a", List.of("10.0.0.1"));
		this.scheduler.advance(HostNames.INTERVAL);
		answerAll();
		assertThat(addresses("a")).containsExactly("10.0.0.1");
		assertThat(this.changes).isEqualTo(2);
		assertThat(this.log.warnings())
			.containsExactly("Host 'a' does not resolve. Instances there get no calls until it does");
		this.scheduler.advance(Duration.ofMinutes(5));
		assertThat(this.underWay).as("nobody asks for more").isEmpty();
	}

	@Test
	void addressThatChangedIsFoundAfterConnectionsFailedAtABoundedRate() {
		this.known.put("a", List.of("10.0.0.1"));
		follow("a");
		answerAll();
		for (int i = 0; i < 100; i++) {
			this.syncContext.execute(this.names::refresh);
			answerAll();
			this.scheduler.advance(Duration.ofMillis(100));
		}
		assertThat(this.lookedUp).as("in ten seconds").hasSizeBetween(3, 4);
		assertThat(this.changes).isEqualTo(1);
		this.known.put("a", List.of("10.0.0.9"));
		// what the JVM has cached is older by so much
		this.scheduler.advance(Duration.ofSeconds(30));
		answerAll();
		assertThat(addresses("a")).containsExactly("10.0.0.9");
		assertThat(this.changes).isEqualTo(2);
		for (int i = 0; i < 20; i++) {
			this.scheduler.advance(HostNames.INTERVAL);
			answerAll();
		}
		assertThat(this.scheduler.pendingTasks()).isZero();
	}

	@Test
	void nameServerThatFailsTakesNobodyAway() {
		this.known.put("a", List.of("10.0.0.1"));
		follow("a");
		answerAll();
		this.known.clear();
		this.syncContext.execute(this.names::refresh);
		answerAll();
		assertThat(addresses("a")).containsExactly("10.0.0.1");
		assertThat(this.changes).isEqualTo(1);
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void anotherOrderIsNoChange() {
		this.known.put("a", List.of("10.0.0.1", "10.0.0.2"));
		follow("a");
		answerAll();
		this.known.put("a", List.of("10.0.0.2", "10.0.0.1"));
		this.syncContext.execute(this.names::refresh);
		answerAll();
		assertThat(addresses("a")).containsExactly("10.0.0.1", "10.0.0.2");
		assertThat(this.changes).isEqualTo(1);
	}

	@Test
	void nameThatIsFollowedNoMoreIsForgotten() {
		follow("a");
		follow();
		answerAll();
		assertThat(this.changes).isZero();
		assertThat(this.log.warnings()).isEmpty();
		follow("b");
		answerAll();
		this.syncContext.execute(this.names::shutdown);
		assertThat(this.scheduler.pendingTasks()).isZero();
	}

	private void follow(String... hosts) {
		this.syncContext.execute(() -> this.names.follow(Set.of(hosts)));
	}

	private List<String> addresses(String host) {
		return this.names.addresses(host).stream().map(InetAddress::getHostAddress).toList();
	}

	private void answerAll() {
		List<Runnable> begun = List.copyOf(this.underWay);
		this.underWay.clear();
		begun.forEach(Runnable::run);
	}

	private InetAddress[] lookUp(String host) throws UnknownHostException {
		this.lookedUp.add(host);
		List<String> addresses = this.known.get(host);
		if (addresses == null) {
			throw new UnknownHostException(host);
		}
		InetAddress[] found = new InetAddress[addresses.size()];
		for (int i = 0; i < found.length; i++) {
			found[i] = InetAddress.getByName(addresses.get(i));
		}
		return found;
	}

}
