package io.github.grpcdiscovery.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Logger;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import io.grpc.ManagedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.Subscription;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.consul.ConsulRegistry;
import io.github.grpcdiscovery.consul.ConsulSettings;
import io.github.grpcdiscovery.etcd.EtcdRegistry;
import io.github.grpcdiscovery.etcd.EtcdSettings;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulAgent;
import io.github.grpcdiscovery.testsupport.EtcdServer;
import io.github.grpcdiscovery.testsupport.SteadyCaller;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/** Much of what stands under a service's name in a registry is no instance of it. */
@Timeout(600)
class OddEntriesTests {

	private static final String SKIPPED = "io.github.grpcdiscovery.internal.watch.SkippedEntries";

	private static final Duration DEADLINE = Duration.ofSeconds(30);

	private static final int ODD = 10_000;

	private final List<LocalEcho> servers = List.of(new LocalEcho("a"), new LocalEcho("b"), new LocalEcho("c"));

	private final RecordingListener listener = new RecordingListener();

	private final RecordingListener other = new RecordingListener();

	private Duration slowest = Duration.ZERO;

	private int changes;

	@BeforeEach
	void keepThousandsOfLinesOutOfTheOutput() {
		((Logger) LoggerFactory.getLogger(SKIPPED)).setAdditive(false);
	}

	@AfterEach
	void close() {
		((Logger) LoggerFactory.getLogger(SKIPPED)).setAdditive(true);
		this.servers.forEach(LocalEcho::close);
	}

	@Test
	@Proves("F73")
	void goodValuesAmongThousandsInEtcdAreCalled(TestReporter reporter) throws Exception {
		try (EtcdServer etcd = EtcdServer.started();
				Client client = Client.builder().endpoints(etcd.endpoint()).build();
				CapturedLog log = new CapturedLog(SKIPPED);
				Registry registry = new EtcdRegistry(EtcdSettings.of(etcd.endpoint()), WatchSettings.DEFAULT,
						Backoff.DEFAULT, DiscoveryObserver.NONE)) {
			KV kv = client.getKVClient();
			String[] extremes = { "1e308", "999999999999999999999", "\"NaN\"" };
			for (int i = 0; i < extremes.length; i++) {
				etcd.put("echo/good" + i, "{\"Op\":200,\"Addr\":\"%s\",\"Metadata\":{\"weight\":%s}}"
					.formatted(instances().get(i).address(), extremes[i]));
			}
			OddValues odd = new OddValues(73);
			write(kv, odd, ODD / 2);
			registry.discovery().watch("other", this.other);
			arrives(() -> etcd.put("other/0", value(1)));
			ManagedChannel channel = FaultRegistry.channelBuilder(registry).build();
			try (SteadyCaller caller = SteadyCaller.start(channel, 100, DEADLINE, DEADLINE)) {
				long began = System.nanoTime();
				Subscription subscription = registry.discovery().watch("echo", this.listener);
				arrives(() -> etcd.put("other/1", value(2)));
				for (int i = 0; i < 5; i++) {
					int port = i + 3;
					write(kv, odd, ODD / 10);
					arrives(() -> etcd.put("other/" + port, value(port)));
				}
				Conditions.await(Duration.ofSeconds(120))
					.untilAsserted(() -> assertThat(log.warnings()).hasSizeGreaterThanOrEqualTo(ODD));
				subscription.refresh();
				caller.failsNoCallFor(Duration.ofSeconds(5), began);
				assertThat(caller.answeredBy()).containsOnlyKeys("a", "b", "c");
				caller.endsWithoutFailure(began);
				etcd.delete("echo/good2");
				Conditions.await(Duration.ofSeconds(30))
					.untilAsserted(() -> assertThat(this.listener.lastIds()).containsOnly("good0", "good1"));
				reporter.publishEntry(Proves.MEASURED,
						"etcd: %d values, of which 3 are instances: none of %d calls failed, %d log lines, a change of another service was seen within %d ms"
							.formatted(ODD + 3, caller.made(), log.warnings().size(), this.slowest.toMillis()));
			}
			finally {
				channel.shutdownNow();
			}
			isToldOnce(log, ODD);
			assertThat(this.listener.lists()).allMatch((list) -> addresses(instances()).containsAll(addresses(list)));
		}
	}

	@Test
	@Proves("F73")
	void goodEntriesAmongOddOnesInConsulAreCalled(TestReporter reporter) throws Exception {
		try (ConsulAgent agent = ConsulAgent.started();
				CapturedLog log = new CapturedLog(SKIPPED);
				Registry registry = new ConsulRegistry(ConsulSettings.of(agent.endpoint()), WatchSettings.DEFAULT,
						ConsulRegistry.REGISTRATION_BACKOFF, DiscoveryObserver.NONE)) {
			for (ServiceInstance instance : instances()) {
				agent.put("/v1/agent/service/register",
						"""
								{"Name":"echo","ID":"good%1$d","Address":"127.0.0.1","Port":%1$d,"Meta":{"weight":"999999999999999999999","%2$s":"%2$s"},
								 "Weights":{"Passing":65535,"Warning":65535}}"""
							.formatted(instance.port(), "v".repeat(100)));
			}
			OddConsulEntries odd = new OddConsulEntries(agent);
			int skipped = odd.register(0);
			registry.discovery().watch("other", this.other);
			arrives(() -> register(agent, 1));
			ManagedChannel channel = FaultRegistry.channelBuilder(registry).build();
			try (SteadyCaller caller = SteadyCaller.start(channel, 100, DEADLINE, DEADLINE)) {
				long began = System.nanoTime();
				Subscription subscription = registry.discovery().watch("echo", this.listener);
				arrives(() -> register(agent, 2));
				skipped += odd.register(1);
				arrives(() -> register(agent, 3));
				int all = skipped;
				Conditions.await(Duration.ofSeconds(120))
					.untilAsserted(() -> assertThat(log.warnings()).hasSizeGreaterThanOrEqualTo(all));
				subscription.refresh();
				caller.failsNoCallFor(Duration.ofSeconds(5), began);
				assertThat(caller.answeredBy()).containsOnlyKeys("a", "b", "c");
				caller.endsWithoutFailure(began);
				reporter.publishEntry(Proves.MEASURED,
						"Consul: %d entries, of which 3 are instances: none of %d calls failed, %d log lines, a change of another service was seen within %d ms"
							.formatted(all + 3, caller.made(), log.warnings().size(), this.slowest.toMillis()));
			}
			finally {
				channel.shutdownNow();
			}
			isToldOnce(log, skipped);
			assertThat(addresses(this.listener.last())).containsExactlyInAnyOrderElementsOf(addresses(instances()));
		}
	}

	private List<ServiceInstance> instances() {
		return this.servers.stream().map(LocalEcho::instance).toList();
	}

	private static List<String> addresses(List<ServiceInstance> instances) {
		return instances.stream().map((instance) -> instance.address().toString()).toList();
	}

	// what holds up the event loop holds up all services
	private void arrives(Runnable change) {
		int expected = ++this.changes;
		long began = System.nanoTime();
		change.run();
		Conditions.await(Duration.ofSeconds(30))
			.pollInterval(Duration.ofMillis(10))
			.untilAsserted(() -> assertThat(this.other.lastIds()).hasSize(expected));
		Duration took = Duration.ofNanos(System.nanoTime() - began);
		this.slowest = (took.compareTo(this.slowest) > 0) ? took : this.slowest;
		assertThat(took).isLessThan(Conditions.scaled(Duration.ofSeconds(15)));
	}

	private static void isToldOnce(CapturedLog log, int entries) {
		assertThat(log.warnings()).hasSize(entries)
			.doesNotHaveDuplicates()
			.allMatch((line) -> line.startsWith("Skipped an entry of service 'echo' in "))
			.allMatch((line) -> line.length() < 600 && line.chars().noneMatch(Character::isISOControl));
	}

	private static String value(int port) {
		return "{\"Addr\":\"127.0.0.1:" + port + "\"}";
	}

	private static void register(ConsulAgent agent, int port) {
		agent.put("/v1/agent/service/register",
				"{\"Name\":\"other\",\"ID\":\"other%1$d\",\"Address\":\"127.0.0.1\",\"Port\":%1$d}".formatted(port));
	}

	private static void write(KV kv, OddValues odd, int count) throws Exception {
		List<Op> batch = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			OddValues.Odd next = odd.next();
			Op put = Op.put(ByteSequence.from(next.key()), ByteSequence.from(next.value()), PutOption.DEFAULT);
			if (next.huge()) {
				commit(kv, List.of(put));
				continue;
			}
			batch.add(put);
			if (batch.size() == 100 || i == count - 1) {
				commit(kv, batch);
				batch.clear();
			}
		}
		commit(kv, batch);
	}

	private static void commit(KV kv, List<Op> puts) throws Exception {
		if (!puts.isEmpty()) {
			kv.txn().Then(puts.toArray(new Op[0])).commit().get(30, TimeUnit.SECONDS);
		}
	}

}
