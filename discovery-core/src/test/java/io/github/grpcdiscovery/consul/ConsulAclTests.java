package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.RegistrationStatus.State;
import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.test.RecordingListener;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ConsulAcl;
import io.github.grpcdiscovery.testsupport.ConsulAgent;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(600)
class ConsulAclTests {

	private static final ServiceInstance INSTANCE = ServiceInstance.of("orders", "127.0.0.1", 9001);

	// the least that will do, as the documentation says
	private static final String SERVER = "service \"orders\" { policy = \"write\" } node_prefix \"\" { policy = \"read\" }";

	private static final String CLIENT = "service_prefix \"\" { policy = \"read\" } node_prefix \"\" { policy = \"read\" }";

	private static ConsulAgent agent;

	@BeforeAll
	static void startAgent() {
		agent = ConsulAgent.builder().acl().start();
	}

	@AfterAll
	static void stopAgent() {
		agent.close();
	}

	@Test
	@Proves("F37")
	void tokenThatLosesItsRightsKeepsItsListAndNothingLogsIt() {
		String server = agent.acl().createToken(SERVER);
		String client = agent.acl().createToken(CLIENT);
		List<String> logged = new CopyOnWriteArrayList<>();
		try (EverythingLogged ignored = new EverythingLogged(logged);
				ConsulRegistry registering = open(server);
				ConsulRegistry following = open(client)) {
			Registration registration = registering.registrar().register(INSTANCE);
			assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
			RecordingListener listener = new RecordingListener();
			following.discovery().watch("orders", listener);
			Conditions.eventually(() -> assertThat(listener.last()).containsExactly(INSTANCE));
			ConsulAcl.untilNoticed(() -> agent.acl().withdrawPolicies(client), () -> !status(following).connected());
			Conditions
				.eventually(() -> assertThat(status(following).lastError()).contains("may not read service 'orders'"));
			assertThat(listener.lists()).hasSize(1);

			agent.acl().deleteToken(server);
			Conditions.await(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(registration.status().lastError()).contains("403",
						"service:write on 'orders'"));
			assertThat(agent.get("/v1/health/service/orders?passing")).contains("\"orders-127.0.0.1-9001\"");
			assertThat(registration.status() + " " + following.discovery().watches() + registering + following)
				.doesNotContain(server, client);
		}
		assertThat(logged).as("something was logged at TRACE")
			.anyMatch((line) -> line.startsWith("org.apache.http"))
			.anyMatch((line) -> line.startsWith("com.ecwid.consul"))
			.anyMatch((line) -> line.contains("/v1/health/service/orders"));
		assertThat(logged).noneMatch((line) -> line.contains(server) || line.contains(client));
	}

	@Test
	@Tag("long")
	@Tag("long-1")
	@Proves("F63")
	void heartbeatsGoOnWhenATokenComesBackThatWasUnknownForLong() {
		String token = agent.acl().createToken(SERVER);
		ConsulSettings settings = ConsulSettings.builder(agent.endpoint())
			.token(token)
			.check(ConsulCheck.builder().kind(ConsulCheck.Kind.TTL).build())
			.build();
		try (ConsulRegistry registry = new ConsulRegistry(settings, DiscoveryObserver.NONE)) {
			Registration registration = registry.registrar().register(ServiceInstance.of("orders", "127.0.0.1", 9002));
			assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(30)));
			agent.acl().deleteToken(token);
			long deleted = System.nanoTime();
			Conditions.await(Duration.ofSeconds(60))
				.pollInterval(Duration.ofMillis(200))
				.until(() -> isHeld() && System.nanoTime() - deleted > Duration.ofSeconds(26).toNanos());
			assertThat(registration.status().lastError()).contains("403", "service:write on 'orders'");
			agent.acl().restoreToken(token, SERVER);
			// a third of the TTL, and what the agent takes
			// far from the long intervals of an error that somebody has to mend
			Conditions.await(Duration.ofSeconds(20)).untilAsserted(() -> {
				assertThat(isHeld()).isTrue();
				assertThat(registration.status().state()).isEqualTo(State.REGISTERED);
				assertThat(agent.get("/v1/agent/checks")).contains("\"passing\"").doesNotContain("\"critical\"");
			});
			Conditions.await(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(agent.get("/v1/health/service/orders?passing"))
					.contains("\"orders-127.0.0.1-9002\""));
		}
		assertThat(agent.get("/v1/agent/services")).doesNotContain("\"orders-127.0.0.1-9002\"");
	}

	private static boolean isHeld() {
		assertThat(agent.get("/v1/agent/services")).as("nobody deregisters it").contains("\"orders-127.0.0.1-9002\"");
		return true;
	}

	@Test
	void tokenThatMayNotReadGetsAnErrorAndNoEmptyList() {
		try (ConsulRegistry registry = open(null)) {
			RecordingListener listener = new RecordingListener();
			registry.discovery().watch("orders", listener);
			Conditions.eventually(() -> assertThat(listener.unavailable()).singleElement()
				.isInstanceOf(RegistryAccessException.class));
			assertThat(listener.lists()).isEmpty();
		}
		try (ConsulRegistry registry = open("4f7a4b1e-unknown")) {
			RecordingListener listener = new RecordingListener();
			registry.discovery().watch("orders", listener);
			Conditions.eventually(() -> assertThat(listener.unavailable()).singleElement()
				.isInstanceOf(RegistryAccessException.class));
			assertThat(listener.unavailable().get(0).getMessage()).contains("403").doesNotContain("unknown\"");
		}
	}

	@Test
	void readerSeesThatNobodyIsThere() {
		try (ConsulRegistry registry = open(agent.acl().createToken(CLIENT))) {
			RecordingListener listener = new RecordingListener();
			registry.discovery().watch("nobody", listener);
			Conditions.eventually(() -> assertThat(listener.last()).isEmpty());
		}
	}

	private static ConsulRegistry open(String token) {
		return new ConsulRegistry(ConsulSettings.builder(agent.endpoint())
			.token(token)
			.check(ConsulCheck.builder().kind(ConsulCheck.Kind.NONE).build())
			.auditInterval(Duration.ofSeconds(1))
			.query(ConsulQuery.builder().maxWait(Duration.ofSeconds(1)).build())
			.build(), DiscoveryObserver.NONE);
	}

	private static WatchStatus status(ConsulRegistry registry) {
		return registry.discovery().watches().get(0);
	}

	/** Every logger at its most talkative, the JDK's own too. */
	private static final class EverythingLogged extends AppenderBase<ILoggingEvent> implements AutoCloseable {

		private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

		private final Level before = this.root.getLevel();

		private final java.util.logging.Logger consulApi = java.util.logging.Logger.getLogger("com.ecwid.consul");

		private final List<String> lines;

		private final Handler handler = new Handler() {

			@Override
			public void publish(LogRecord record) {
				EverythingLogged.this.lines.add(record.getLoggerName() + " " + record.getMessage());
			}

			@Override
			public void flush() {
			}

			@Override
			public void close() {
			}

		};

		EverythingLogged(List<String> lines) {
			this.lines = lines;
			this.root.iteratorForAppenders().forEachRemaining((appender) -> appender.stop());
			this.root.setLevel(Level.TRACE);
			this.root.addAppender(this);
			start();
			this.handler.setLevel(java.util.logging.Level.ALL);
			this.consulApi.setLevel(java.util.logging.Level.ALL);
			this.consulApi.addHandler(this.handler);
		}

		@Override
		protected void append(ILoggingEvent event) {
			StringBuilder line = new StringBuilder(event.getLoggerName()).append(' ')
				.append(event.getFormattedMessage());
			for (IThrowableProxy cause = event.getThrowableProxy(); cause != null; cause = cause.getCause()) {
				line.append(' ').append(cause.getClassName()).append(' ').append(cause.getMessage());
			}
			this.lines.add(line.toString());
		}

		@Override
		public void close() {
			this.root.detachAppender(this);
			this.root.setLevel(this.before);
			this.root.iteratorForAppenders().forEachRemaining((appender) -> appender.start());
			this.consulApi.removeHandler(this.handler);
			this.consulApi.setLevel(null);
		}

	}

}
