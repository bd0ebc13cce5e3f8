package io.github.grpcdiscovery.consul;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.testsupport.CapturedLog;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

class OwnHealthTests {

	private static final ServiceInstance INSTANCE = ServiceInstance.of("orders", "10.0.0.1", 9090);

	private static final String ID = "orders-10.0.0.1-9090";

	private static final String REFUSED = "rpc error: code = Unavailable desc = connection refused";

	private final FakeScheduler scheduler = new FakeScheduler();

	private final CapturedLog log = new CapturedLog(OwnHealth.class);

	private OwnHealth health = health(ConsulCheck.DEFAULT);

	@AfterEach
	void closeLog() {
		this.log.close();
	}

	@Test
	void checkThatFailsIsShownAndWarnedOfOnceWithWhatToDo() {
		seen(check("critical", REFUSED));
		seen(check("critical", "rpc error: code = DeadlineExceeded"));
		assertThat(this.health.fault())
			.isEqualTo("critical by the check 'gRPC health' (rpc error: code = DeadlineExceeded)");
		assertThat(this.log.warnings()).containsExactly("10.0.0.1:9090 of service 'orders' is registered in consul, "
				+ "but clients do not call it: critical by the check 'gRPC health' (" + REFUSED + ") "
				+ "(fix: let the agent reach the advertised address, set grpc.discovery.registration.host to one that it "
				+ "can reach, or grpc.discovery.consul.check.kind=ttl; if the server speaks TLS, "
				+ "grpc.discovery.consul.check.tls=true)");
	}

	@Test
	void checkThatPassesAgainIsToldOnce() {
		seen(check("passing", ""));
		assertThat(this.health.fault()).isNull();
		seen(check("critical", REFUSED));
		this.scheduler.advance(Duration.ofSeconds(5));
		seen(check("passing", "gRPC check 10.0.0.1:9090: success"));
		seen(check("passing", "gRPC check 10.0.0.1:9090: success"));
		assertThat(this.health.fault()).isNull();
		assertThat(this.log.infos())
			.containsExactly("10.0.0.1:9090 of service 'orders' passes its checks in consul again, after 5s");
	}

	@Test
	void checkThatComesAndGoesIsWarnedOfOnceAMinute() {
		for (int i = 0; i < 10; i++) {
			seen(check("critical", REFUSED));
			this.scheduler.advance(Duration.ofSeconds(5));
			seen(check("passing", ""));
			this.scheduler.advance(Duration.ofSeconds(5));
		}
		assertThat(this.log.warnings()).hasSize(2);
	}

	@Test
	void checkThatHasNotRunYetSaysNothing() {
		seen(check("critical", ""));
		assertThat(this.health.fault()).isNull();
		seen(check("critical", REFUSED));
		// the agent is new
		seen(check("critical", ""));
		assertThat(this.health.fault()).contains(REFUSED);
		assertThat(this.log.infos()).isEmpty();
		assertThat(this.log.warnings()).hasSize(1);
	}

	@Test
	void worstCheckIsNamed() {
		seen(check("warning", "slow"), check("passing", ""), check("critical", REFUSED), check("critical", ""));
		assertThat(this.health.fault()).startsWith("critical by the check").contains(REFUSED);
	}

	@Test
	void warningTakesNobodyOutButWhoWantsPassingInstancesOnly() {
		seen(Map.of("CheckID", "disk", "Name", "disk", "Status", "warning", "Output", "90 % full"));
		assertThat(this.health.fault()).isEqualTo("warning by the check 'disk' (90 % full)");
		assertThat(this.log.warnings()).singleElement()
			.asString()
			.contains("clients that want passing instances only do not call it",
					"(another application registered this check; fix: correct it there)");
	}

	@Test
	void maintenanceIsShownAndToldUnlessItIsOurOwnWish() {
		Map<String, Object> maintenance = Map.of("CheckID", "_service_maintenance:" + ID, "Name",
				"Service Maintenance Mode", "Status", "critical", "Output", "", "Notes", "disk is full");
		this.health.seen(answer(503, maintenance), true);
		assertThat(this.health.fault()).isEqualTo("critical by the check 'Service Maintenance Mode' (disk is full)");
		assertThat(this.log.warnings()).isEmpty();
		seen(maintenance);
		assertThat(this.log.warnings()).singleElement().asString().contains("disk is full", "consul maint -disable");
	}

	@Test
	void whatWeSaidOurselvesIsNoNews() {
		this.health = health(ConsulCheck.builder().kind(ConsulCheck.Kind.TTL).build());
		seen(check("critical", "TTL expired"));
		assertThat(this.health.fault()).isNull();
		assertThat(this.log.warnings()).isEmpty();
	}

	@Test
	void outputIsBoundedAndPrintable() {
		seen(check("critical", "a\nb" + "c".repeat(5000)));
		assertThat(this.health.fault()).contains("a\\u000Ab").hasSizeLessThan(300);
		assertThat(this.log.warnings()).singleElement().asString().doesNotContain("\n").hasSizeLessThan(900);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					rpc error: code = Unimplemented desc = Method not found: grpc.health.v1.Health/Check | io.grpc:grpc-services
					rpc error: code = Unauthenticated desc = no token                                    | without credentials
					rpc error: code = PermissionDenied desc = no                                         | without credentials
					rpc error: code = NotFound desc = unknown service a.B                                | check.services
					x509: certificate signed by unknown authority                                        | trust the authority
					x509: certificate is valid for a, not b                                              | check.tls-server-name
					tls: first record does not look like a TLS handshake                                 | check.tls=false
					remote error: tls: bad certificate                                                   | accept clients without a certificate
					gRPC application didn't report service healthy                                       | see its health
					desc = "error reading server preface: EOF"                                           | check.tls=true
					context deadline exceeded                                                            | check.tls=true
					""")
	void adviceFitsWhatTheProbeMet(String output, String advice) {
		seen(check("critical", output));
		assertThat(this.log.warnings()).singleElement().asString().contains(advice);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "null", "[]", "{}", "{\"Checks\":5}", "{\"Checks\":[5]}", "{\"Checks\":[{}]}", "{" })
	void answerThatCannotBeReadSaysNothing(String body) {
		seen(check("critical", REFUSED));
		this.health.seen(new ConsulAnswer("GET", 503, Map.of(ConsulAnswer.CONTENT_TYPE, "application/json"), body),
				false);
		this.health.seen(new ConsulAnswer("GET", 200, Map.of(ConsulAnswer.CONTENT_TYPE, "text/html"), body), false);
		this.health.seen(answer(403, check("passing", "")), false);
		assertThat(this.health.fault()).contains(REFUSED);
		assertThat(this.log.infos()).isEmpty();
	}

	private OwnHealth health(ConsulCheck check) {
		ConsulSettings settings = ConsulSettings.builder(URI.create("http://lb:8500")).check(check).build();
		return new OwnHealth(new EventLoop(this.scheduler, this.scheduler::nanoTime, () -> 0.5), INSTANCE, ID,
				settings);
	}

	@SafeVarargs
	private void seen(Map<String, Object>... checks) {
		this.health.seen(answer(503, checks), false);
	}

	@SafeVarargs
	private static ConsulAnswer answer(int status, Map<String, Object>... checks) {
		String body = new String(Json.writeObject(Map.of("Checks", new ArrayList<>(List.of(checks)))),
				StandardCharsets.UTF_8);
		return new ConsulAnswer("GET", status, Map.of(ConsulAnswer.CONTENT_TYPE, "application/json"), body);
	}

	private static Map<String, Object> check(String status, String output) {
		return Map.of("CheckID", "service:" + ID, "Name", "gRPC health", "Status", status, "Output", output,
				"ServiceID", ID);
	}

}
