package io.github.grpcdiscovery.faults.random;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.autoconfigure.GrpcStack;
import io.github.grpcdiscovery.faults.random.Fleet.Server;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.SteadyCaller.Outcome;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A registry, servers, a client under load, and the networks between them. For one
 * thread.
 */
final class Scene implements AutoCloseable {

	private final CallJudge judge = new CallJudge();

	private final Journal journal;

	private final RegistryInTrouble registry;

	private final Way clientsWay;

	private final Way serversWay;

	private final Fleet fleet;

	private final LoadedClient client;

	private int excused;

	Scene(RegistryInTrouble registry, GrpcStack stack, Path snapshots, Journal journal) {
		this.registry = registry;
		this.journal = journal;
		this.clientsWay = Way.to(registry.port());
		this.serversWay = Way.to(registry.port());
		this.fleet = new Fleet(stack, this.judge, journal, registry.properties(this.serversWay.proxy().port()));
		this.judge.nobodyServes();
		this.fleet.replenish();
		this.client = new LoadedClient(registry, this.clientsWay, snapshots);
	}

	RegistryInTrouble registry() {
		return this.registry;
	}

	Way clientsWay() {
		return this.clientsWay;
	}

	Way serversWay() {
		return this.serversWay;
	}

	Fleet fleet() {
		return this.fleet;
	}

	CallJudge calls() {
		return this.judge;
	}

	/** A second client comes, calls, and goes. */
	Repair anotherClient() {
		return LoadedClient.another(this.registry, this.clientsWay);
	}

	/** Repairs what is in a registry, which may have come back only just now. */
	static Repair patiently(Repair repair) {
		return () -> Conditions.await(Duration.ofSeconds(30))
			.pollInterval(Duration.ofMillis(500))
			.ignoreExceptionsInstanceOf(IllegalStateException.class)
			.ignoreExceptionsInstanceOf(UncheckedIOException.class)
			.untilAsserted(repair::mend);
	}

	/** Waits until a server has been called. */
	void awaitCalled(Server server) {
		Conditions.await(Duration.ofSeconds(60)).until(() -> {
			judge();
			return this.client.calls().answeredBy().containsKey(server.name());
		});
	}

	/** Lets things be as they are for a time, and watches the calls meanwhile. */
	void hold(Duration length) {
		long until = System.nanoTime() + length.toNanos();
		while (System.nanoTime() - until < 0) {
			judge();
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
		}
	}

	/**
	 * Waits until everything is as it should be.
	 * @param atMost for how long, scaled
	 */
	void settle(Duration atMost) {
		this.fleet.live().forEach(Server::awaitRegistered);
		Map<String, Long> before = this.client.calls().answeredBy();
		Conditions.await(atMost).pollInterval(Duration.ofMillis(250)).untilAsserted(() -> {
			judge();
			WatchStatus watch = this.client.watch();
			assertThat(watch.connected()).as("the client is in contact").isTrue();
			assertThat(watch.staleSince()).isNull();
			assertThat(watch.unconfirmed()).isEmpty();
			assertThat(watch.instances()).as("what the client knows")
				.extracting(ServiceInstance::port)
				.containsExactlyElementsOf(this.fleet.livePorts());
			assertThat(held()).as("what the registry holds").isEqualTo(this.fleet.livePorts());
			assertThat(calledSince(before)).as("who is called")
				.containsAll(this.fleet.live().stream().map(Server::name).toList());
		});
		this.judge.somebodyServes();
	}

	// a registry that has just come back may refuse for a moment
	private Set<Integer> held() {
		try {
			return this.registry.held();
		}
		catch (IllegalStateException | UncheckedIOException ex) {
			throw new AssertionError("the registry does not tell what it holds", ex);
		}
	}

	private Set<String> calledSince(Map<String, Long> before) {
		return this.client.calls()
			.answeredBy()
			.entrySet()
			.stream()
			.filter((entry) -> entry.getValue() > before.getOrDefault(entry.getKey(), 0L))
			.map(Map.Entry::getKey)
			.collect(Collectors.toSet());
	}

	/**
	 * Looks at the calls that ended since it last did so.
	 * @throws BrokenPromise if one of them failed that must not
	 */
	void judge() {
		List<Outcome> failures = this.client.calls().takeFailures();
		List<Outcome> broken = this.judge.broken(failures);
		if (!broken.isEmpty()) {
			throw new BrokenPromise(broken);
		}
		if (this.excused == 0 && !failures.isEmpty()) {
			this.journal.note("excused failures begin: " + BrokenPromise.line(failures.get(0)));
		}
		this.excused += failures.size();
	}

	/**
	 * What became of the calls since it was last asked for.
	 */
	String account() {
		String account = this.excused + " excused failures; " + callsMade() + " calls so far";
		this.excused = 0;
		return account;
	}

	long callsMade() {
		return this.client.calls().made();
	}

	/** Ends everything that this process has of the client. */
	void leave() {
		this.client.leave();
		judge();
	}

	@Override
	public void close() {
		this.client.close();
		this.fleet.close();
		this.clientsWay.close();
		this.serversWay.close();
		this.registry.close();
	}

}
