package io.github.grpcdiscovery.samples.client;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

import io.grpc.Status;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LoadReport}, whose lines the demo reads.
 */
class LoadReportTests {

	private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

	private final LoadReport report = new LoadReport(() -> 2, Clock.fixed(Instant.ofEpochMilli(1000), ZoneOffset.UTC),
			new PrintStream(this.printed, true, StandardCharsets.UTF_8));

	@Test
	void countsPlainAndWaitForReadyCallsApart() {
		this.report.begin(LoadReport.Kind.PLAIN).answered("a:1 (pid 7)");
		this.report.begin(LoadReport.Kind.WAIT_FOR_READY).answered("b:1 (pid 8)");
		this.report.begin(LoadReport.Kind.WAIT_FOR_READY);
		this.report.second();
		assertThat(lines().get(2))
			.startsWith("{\"time\":1000,\"instances\":2,\"plainAnswered\":1,\"plainFailed\":0,"
					+ "\"waitForReadyAnswered\":1,\"waitForReadyFailed\":0,"
					+ "\"plainUnderWay\":0,\"waitForReadyUnderWay\":1,\"slowestMillis\":")
			.endsWith("\"served\":{\"a:1 (pid 7)\":1,\"b:1 (pid 8)\":1}}");
	}

	@Test
	void everySecondBeginsAnewButForCallsUnderWay() {
		LoadReport.Call call = this.report.begin(LoadReport.Kind.PLAIN);
		this.report.begin(LoadReport.Kind.PLAIN).answered("a:1");
		this.report.second();
		call.answered("a:1");
		this.report.second();
		this.report.second();
		assertThat(lines().get(1)).contains("\"plainAnswered\":1", "\"plainUnderWay\":1");
		assertThat(lines().get(2)).contains("\"plainAnswered\":1", "\"plainUnderWay\":0");
		assertThat(lines().get(3)).contains("\"plainAnswered\":0", "\"served\":{}");
	}

	@Test
	void theFirstAnswerOfEachServerHasALineOfItsOwn() {
		this.report.begin(LoadReport.Kind.PLAIN).answered("a:1 (pid 7)");
		this.report.begin(LoadReport.Kind.PLAIN).answered("a:1 (pid 7)");
		this.report.begin(LoadReport.Kind.PLAIN).answered("b:1 (pid 8)");
		assertThat(lines()).containsExactly("{\"firstAnswer\":\"a:1 (pid 7)\",\"time\":1000}",
				"{\"firstAnswer\":\"b:1 (pid 8)\",\"time\":1000}");
	}

	@Test
	void everyFailedCallHasALineOfItsOwn() {
		this.report.begin(LoadReport.Kind.PLAIN)
			.failed(Status.UNAVAILABLE.withDescription("not \"here\""), "127.0.0.1:9090");
		assertThat(lines()).containsExactly("{\"failed\":\"PLAIN\",\"began\":1000,\"ended\":1000,"
				+ "\"server\":\"127.0.0.1:9090\",\"status\":\"UNAVAILABLE\",\"description\":\"not \\\"here\\\"\"}");
	}

	private List<String> lines() {
		return this.printed.toString(StandardCharsets.UTF_8).lines().toList();
	}

}
