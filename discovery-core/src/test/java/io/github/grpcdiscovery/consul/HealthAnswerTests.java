package io.github.grpcdiscovery.consul;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

class HealthAnswerTests {

	private static final HealthRequest REQUEST = new HealthRequest("orders", ConsulQuery.DEFAULT, 0, Duration.ZERO,
			false, false);

	private static final String GOOD = """
			{"Node":{"Address":"10.0.0.9"},"Service":{"ID":"good","Service":"orders","Address":"10.0.0.1","Port":9090},\
			"Checks":[{"Status":"passing"}]}""";

	/** As Consul writes it, with everything in it. */
	private static final String WHOLE = """
			[{"Node":{"ID":"c0ffee","Node":"n1","Address":"10.0.0.9","Datacenter":"dc1","Meta":null},
			"Service":{"ID":"orders-10.0.0.1-9090","Service":"orders","Tags":["version=1.2.0","grpc"],
			"Address":"10.0.0.1","TaggedAddresses":{"grpc":{"Address":"grpc://10.0.0.1:9090","Port":9090}},
			"Meta":{"gRPC_port":"9090","weight":"100","zone":"a"},"Port":9090,"Weights":{"Passing":100,"Warning":1},
			"EnableTagOverride":false,"CreateIndex":12,"ModifyIndex":20},
			"Checks":[{"Node":"n1","CheckID":"serfHealth","Status":"passing","Output":"Agent alive and reachable"},
			{"Node":"n1","CheckID":"service:orders-10.0.0.1-9090","Status":"passing","Output":""}]}]""";

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "{} | host: ''", //
			"{\"ID\":\"a\",\"Address\":\"10.0.0.2\"} | port: 'null'",
			"{\"ID\":\"a\",\"Address\":\"10.0.0.2\",\"Port\":0} | port: '0'",
			"{\"ID\":\"a\",\"Address\":\"10.0.0.2\",\"Port\":65536} | port: '65536'",
			"{\"ID\":\"a\",\"Address\":\"10.0.0.2\",\"Port\":-1} | port: '-1'",
			"{\"ID\":\"a\",\"Address\":\"10.0.0.2\",\"Port\":\"x\"} | port: ",
			"{\"ID\":\"a\",\"Address\":\"0.0.0.0\",\"Port\":1} | 0.0.0.0",
			"{\"ID\":\"a\",\"Address\":5,\"Port\":1} | host: ''" })
	void entryThatIsNoneCostsNoOther(String service, String reason) {
		String bad = "{\"Node\":{},\"Service\":" + service + ",\"Checks\":[]}";
		HealthAnswer read = read("[" + bad + "," + GOOD + "]");
		assertThat(read.instances()).extracting(ServiceInstance::id).containsExactly("good");
		assertThat(read.skipped()).singleElement().extracting(HealthAnswer.Skipped::reason).asString().contains(reason);
	}

	@Test
	@Proves("F73")
	void entryThatIsTooDeepCostsNoOther() {
		String deep = GOOD.replace("\"ID\":\"good\"",
				"\"ID\":\"deep\",\"Proxy\":{\"Config\":{\"x\":" + "[".repeat(200) + "]".repeat(200) + "}}");
		HealthAnswer read = read("[" + deep.replace("9090", "0") + "," + GOOD + "]");
		assertThat(read.instances()).extracting(ServiceInstance::id).containsExactly("good");
		assertThat(read.skipped()).hasSize(1);
	}

	@Test
	@Proves("F73")
	void oneIdOnTwoNodesIsTwoEntries() {
		String one = "{\"Node\":{\"Node\":\"n1\"},\"Service\":{\"ID\":\"x\",\"ModifyIndex\":7},\"Checks\":[]}";
		assertThat(read("[" + one + "," + one.replace("n1", "n2") + "]").skipped())
			.extracting(HealthAnswer.Skipped::key)
			.containsExactly("n1/x@7", "n2/x@7");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "null | check status: 'null'", "{} | check status: 'null'",
			"{\"Status\":\"odd\"} | check status: 'odd'", "5 | check status: 'null'" })
	void checkThatIsNoneCostsItsInstanceAlone(String check, String reason) {
		HealthAnswer read = read("[" + GOOD.replace("{\"Status\":\"passing\"}", check).replace("good", "bad") + ","
				+ GOOD.replace("9090", "9091") + "]");
		assertThat(read.instances()).extracting(ServiceInstance::port).containsExactly(9091);
		assertThat(read.skipped()).singleElement().extracting(HealthAnswer.Skipped::reason).asString().contains(reason);
	}

	@ParameterizedTest
	@CsvSource({ "passing, true, true", "warning, true, false", "critical, false, false", "maintenance, false, false" })
	void warningTakesNobodyOutUnlessOnlyPassingOnesAreWanted(String status, boolean called, boolean calledIfPassing) {
		String body = "[" + GOOD.replace("[{", "[{\"CheckID\":\"disk\",\"Status\":\"" + status + "\"},{") + "]";
		assertThat(read(body).instances()).hasSize(called ? 1 : 0);
		HealthRequest passing = new HealthRequest("orders", ConsulQuery.builder().passingOnly(true).build(), 0,
				Duration.ZERO, false, false);
		assertThat(read(body, passing).instances()).hasSize(calledIfPassing ? 1 : 0);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { //
			"grpc | rpc error: code = Unavailable desc = connection error: connect: connection refused | unreached",
			"grpc | rpc error: code = DeadlineExceeded desc = context deadline exceeded | unreached",
			"grpc | rpc error: code = Unavailable desc = authentication handshake failed: x509 | unreached",
			"grpc | gRPC 127.0.0.1:9090 serving status: NOT_SERVING | outOfService",
			"grpc | gRPC application didn't report service healthy | outOfService",
			"http | Get \"http://10.0.0.1:80/\": dial tcp 10.0.0.1:80: connect: connection refused | unreached",
			"http | HTTP GET http://10.0.0.1:80/: 503 Service Unavailable Output: down | outOfService",
			"tcp | dial tcp 10.0.0.1:9090: i/o timeout | unreached", "ttl | the disk is full | outOfService",
			"ttl | TTL expired | silent", "script | exit 2 | outOfService" })
	void probeThatDidNotReachTheServerIsToldFromWhatTheServerSays(String type, String output, String expected) {
		String body = "[" + GOOD.replace("{\"Status\":\"passing\"}",
				"{\"ServiceID\":\"good\",\"Status\":\"critical\",\"Type\":\"%s\",\"Output\":\"%s\"}".formatted(type,
						output.replace("\"", "\\\"")))
				+ "]";
		HealthAnswer read = read(body);
		assertThat(read.unhealthy()).hasSize(1);
		assertThat(read.outOfService()).hasSize(expected.equals("outOfService") ? 1 : 0);
		assertThat(read.unreached()).hasSize(expected.equals("unreached") ? 1 : 0);
		HealthAnswer strict = read(body, new HealthRequest("orders",
				ConsulQuery.builder().failTrafficOnPanic(true).build(), 0, Duration.ZERO, false, false));
		assertThat(strict.outOfService()).hasSize(expected.equals("silent") ? 0 : 1);
	}

	@Test
	void entryOfTheProcessThatServesThereDecides() {
		String spring = """
				{"Node":{},"Service":{"ID":"orders-8080","Address":"10.0.0.1","Port":8080,\
				"Meta":{"gRPC_port":"9090","secure":"false","weight":"7"}},"Checks":[]}""";
		String ours = """
				{"Node":{},"Service":{"ID":"ours","Address":"10.0.0.1","Port":9090,\
				"Meta":{"gRPC_port":"9090","weight":"50","grpc-discovery-owner":"x"}},\
				"Checks":[{"CheckID":"service:ours","ServiceID":"ours","Status":"passing","Output":"refused"}]}""";
		assertThat(read("[" + spring + "," + ours + "]").instances()).singleElement()
			.returns(50, ServiceInstance::weight);
		HealthAnswer left = read("[" + spring + "," + ours.replace("passing", "critical") + "]");
		assertThat(left.instances()).isEmpty();
		assertThat(left.outOfService()).hasSize(1);
		assertThat(read("[" + spring + "]").instances()).singleElement().returns(7, ServiceInstance::weight);
	}

	@Test
	void entryBesideOursSaysNothing() {
		String spring = """
				{"Node":{},"Service":{"ID":"orders-8080","Address":"10.0.0.1","Port":8080,\
				"Meta":{"secure":"false","grpc-discovery-beside":"%s"}},"Checks":[]}""";
		HealthAnswer read = read("[" + spring.formatted("orders") + "," + GOOD + "]");
		assertThat(read.instances()).extracting(ServiceInstance::id).containsExactly("good");
		assertThat(read.skipped()).isEmpty();
		assertThat(read("[" + spring.formatted("other") + "]").skipped()).hasSize(1);
	}

	@Test
	@Timeout(120)
	void randomMutationsAreReadOrRefused() {
		assertThat(read(WHOLE).instances()).hasSize(1);
		Random random = new Random(42);
		int answers = 0;
		for (int i = 0; i < 20_000; i++) {
			String body = mutated(random);
			try {
				HealthAnswer read = read(body);
				answers++;
				assertThat(read.instances().size() + read.skipped().size()).isLessThanOrEqualTo(1);
			}
			catch (RegistryException ex) {
				assertThat(ex.getMessage().chars().noneMatch(Character::isISOControl)).as(body).isTrue();
			}
			catch (RuntimeException ex) {
				fail(body, ex);
			}
		}
		assertThat(answers).as("some of them can still be read").isGreaterThan(2000);
	}

	private static String mutated(Random random) {
		StringBuilder body = new StringBuilder(WHOLE);
		for (int i = 0; i <= random.nextInt(4); i++) {
			int at = random.nextInt(body.length());
			switch (random.nextInt(4)) {
				case 0 -> body.setCharAt(at, (char) random.nextInt(0x250));
				case 1 -> body.deleteCharAt(at);
				case 2 -> body.insert(at,
						List.of("{", "}", "[", "]", "\"", ",", "null", "-", "1e999").get(random.nextInt(9)));
				default -> body.setLength((random.nextInt(10) != 0) ? body.length() : at + 1);
			}
		}
		return body.toString();
	}

	private static HealthAnswer read(String body) {
		return read(body, REQUEST);
	}

	private static HealthAnswer read(String body, HealthRequest request) {
		return HealthAnswer.read(new ConsulAnswer("consul: GET", 200,
				Map.of(ConsulAnswer.CONTENT_TYPE, "application/json", ConsulAnswer.INDEX, "7"), body), request);
	}

}
