package io.github.grpcdiscovery.samples.client;

import java.io.IOException;

import io.grpc.Status;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SampleClientApplication} as a web application, with a configured
 * address instead of a registry.
 */
@SpringBootTest(properties = { "grpc.discovery.enabled=false", "spring.main.banner-mode=off" })
@AutoConfigureMockMvc
class SampleClientApplicationTests {

	private static FakeTagService server;

	@Autowired
	private MockMvcTester http;

	@DynamicPropertySource
	static void address(DynamicPropertyRegistry registry) throws IOException {
		server = new FakeTagService();
		registry.add("grpc.client.tag-service.address", () -> "static://127.0.0.1:" + server.port());
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void answer() {
		server.fail(null);
	}

	@Test
	void helloSaysWhoAnswered() {
		assertThat(this.http.get().uri("/hello?name=Ada")).hasStatusOk()
			.bodyJson()
			.isStrictlyEqualTo("{\"message\":\"Hello, Ada\",\"servedBy\":\"fake\"}");
	}

	@Test
	void tagsTakesNameStateAndPage() {
		assertThat(this.http.get().uri("/tags?name=g&state=1&page=2&pageSize=5")).hasStatusOk()
			.bodyJson()
			.isStrictlyEqualTo("{\"list\":[{\"id\":7,\"name\":\"g\",\"state\":1}],"
					+ "\"pager\":{\"page\":2,\"pageSize\":5,\"totalRows\":1},\"servedBy\":\"fake\"}");
	}

	@Test
	void aRefusedRequestIsABadRequest() {
		server.fail(Status.INVALID_ARGUMENT.withDescription("state: 2 (expected: 0, 1 or unset)"));
		assertThat(this.http.get().uri("/tags?state=2")).hasStatus(400)
			.bodyJson()
			.extractingPath("$.detail")
			.isEqualTo("state: 2 (expected: 0, 1 or unset)");
	}

	@Test
	void aServerThatIsAwayIsUnavailable() {
		server.fail(Status.UNAVAILABLE.withDescription("away"));
		assertThat(this.http.get().uri("/tags")).hasStatus(503)
			.bodyJson()
			.extractingPath("$.title")
			.isEqualTo("UNAVAILABLE");
	}

	@Test
	void theLivePageShowsTheLastCalls() {
		assertThat(this.http.get().uri("/hello")).hasStatusOk();
		assertThat(this.http.get().uri("/live")).hasStatusOk()
			.bodyJson()
			.extractingPath("$.last[0].servedBy")
			.isEqualTo("fake");
		assertThat(this.http.get().uri("/index.html")).hasStatusOk().bodyText().contains("tag-service");
	}

}
