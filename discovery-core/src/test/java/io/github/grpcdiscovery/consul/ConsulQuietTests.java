package io.github.grpcdiscovery.consul;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.consul.ConsulBackendTests.Backend;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulAgent;
import io.github.grpcdiscovery.testsupport.DurationProperty;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nothing happens, for {@code -Dquiet.duration}, on an agent that streams and on one that
 * does not at a time.
 */
@Timeout(1200)
class ConsulQuietTests {

	private static final Logger logger = LoggerFactory.getLogger(ConsulQuietTests.class);

	private static final Duration DURATION = DurationProperty.of("quiet.duration", "130s");

	@Test
	@Tag("long")
	@Tag("long-3")
	@Proves("F59")
	void quietWatchGoesOnAndTellsAtOnceOfTheOnlyServerThatLeaves() throws IOException {
		List<Quiet> all = new ArrayList<>();
		try (CapturedLog log = new CapturedLog("io.github.grpcdiscovery")) {
			all.add(new Quiet(Backend.DEFAULT));
			all.add(new Quiet(Backend.ASKING));
			long start = System.nanoTime();
			Conditions.await(DURATION.plusSeconds(30))
				.pollInterval(Duration.ofSeconds(1))
				.until(() -> System.nanoTime() - start >= DURATION.toNanos());
			assertThat(log.warnings()).isEmpty();
			for (Quiet quiet : all) {
				quiet.onlyServerLeaves();
			}
		}
		finally {
			all.forEach(Quiet::close);
		}
	}

	/** A client of an agent on which nothing happens. */
	private static final class Quiet implements AutoCloseable {

		private final Backend backend;

		private final ConsulAgent agent;

		private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

		private final ConsulRegistry registry;

		private final RecordingListener listener = new RecordingListener();

		Quiet(Backend backend) throws IOException {
			this.backend = backend;
			this.agent = backend.agent().start();
			this.agent.put("/v1/agent/service/register", """
					{"ID":"a","Name":"orders","Address":"127.0.0.1","Port":%d}"""
				.formatted(this.server.getLocalPort()));
			this.registry = new ConsulRegistry(ConsulSettings.of(this.agent.endpoint()), DiscoveryObserver.NONE);
			this.registry.discovery().watch("orders", this.listener);
			Conditions.eventually(() -> assertThat(this.listener.last()).hasSize(1));
		}

		void onlyServerLeaves() throws IOException {
			WatchStatus status = this.registry.watches().get(0);
			assertThat(status.connected()).isTrue();
			assertThat(status.reconnects()).isZero();
			assertThat(status.staleSince()).isNull();
			assertThat(this.listener.lists()).hasSize(1);
			this.server.close();
			this.agent.put("/v1/agent/service/deregister/a");
			long left = System.nanoTime();
			Conditions.eventually(() -> assertThat(this.listener.last()).isEmpty());
			Duration late = Duration.ofNanos(System.nanoTime() - left);
			logger.info("{}: quiet for {}; the list was empty {} ms after the only server had left", this.backend,
					DURATION, late.toMillis());
			assertThat(late).isLessThan(Conditions.scaled(Duration.ofSeconds(10)));
		}

		@Override
		public void close() {
			this.registry.close();
			this.agent.close();
		}

	}

}
