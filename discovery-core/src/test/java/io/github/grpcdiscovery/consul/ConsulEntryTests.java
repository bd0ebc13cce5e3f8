package io.github.grpcdiscovery.consul;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.testsupport.reliability.Proves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ConsulEntryTests {

	@Test
	void plainEntry() {
		assertThat(read("""
				{"ID":"o1","Service":"orders","Address":"10.0.0.1","Port":9090,"Tags":null,"Meta":null}""", "10.9.9.9"))
			.isEqualTo(ServiceInstance.builder("orders", "10.0.0.1", 9090).id("o1").build());
	}

	@Test
	@Proves("I39")
	void entryWithoutAddressIsOnItsNode() {
		assertThat(read("""
				{"ID":"o1","Address":"","Port":9090}""", "10.9.9.9").address()).hasToString("10.9.9.9:9090");
		assertThat(read("""
				{"ID":"o1","Port":8080,"Meta":{"gRPC_port":"9090"}}""", "fd00::1").address())
			.hasToString("[fd00::1]:9090");
		assertThatIllegalArgumentException().isThrownBy(() -> read("""
				{"ID":"o1","Address":"","Port":9090}""", ""))
			.withMessage("host: '' (expected: Service.Address or Node.Address)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "gRPC_port", "gRPC.port" })
	void entryOfSpringCloudConsulWithGrpcSpring(String key) {
		ServiceInstance instance = read("""
				{"ID":"orders-8080","Address":"10.0.0.1","Port":8080,"Tags":["a=b"],
				 "Meta":{"%s":"9090","secure":"false"},"Weights":{"Passing":1,"Warning":1}}""".formatted(key), "");
		assertThat(instance).isEqualTo(ServiceInstance.builder("orders", "10.0.0.1", 9090)
			.id("orders-8080")
			.tags(List.of("a=b"))
			.metadata(Map.of("secure", "false"))
			.build());
	}

	@Test
	void entryOfKratos() {
		ServiceInstance instance = read("""
				{"ID":"k1","Address":"10.0.0.1","Port":8000,"Tags":["version=v1.2"],"Meta":{"weight":"10"},
				 "TaggedAddresses":{"grpc":{"Address":"grpc://10.0.0.2:9000","Port":9000},
				  "http":{"Address":"http://10.0.0.1:8000","Port":8000},
				  "lan_ipv4":{"Address":"10.0.0.1","Port":8000}}}""", "");
		assertThat(instance)
			.isEqualTo(ServiceInstance.builder("orders", "10.0.0.2", 9000).id("k1").weight(10).version("v1.2").build());
	}

	@Test
	void entryOfKratosOverTlsIsCalledWhereItSpeaksGrpc() {
		assertThat(read("""
				{"ID":"k1","Address":"10.0.0.1","Port":8000,
				 "TaggedAddresses":{"grpcs":{"Address":"grpcs://10.0.0.1:9443","Port":9443},
				  "http":{"Address":"http://10.0.0.1:8000","Port":8000}}}""", "").address())
			.hasToString("10.0.0.1:9443");
	}

	@Test
	@Proves("F70")
	void entryOfKratosThatSpeaksHttpOnlyIsNone() {
		assertThatIllegalArgumentException().isThrownBy(() -> read("""
				{"ID":"k1","Address":"10.0.0.1","Port":8000,"Tags":["version=v1"],
				 "TaggedAddresses":{"http":{"Address":"http://10.0.0.1:8000","Port":8000}}}""", ""))
			.withMessage("no gRPC address: its TaggedAddresses have http only");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"Meta\":{\"secure\":\"false\"},\"Tags\":[]",
			"\"Meta\":{\"secure\":\"true\",\"a\":\"b\"}", "\"Meta\":null,\"Tags\":[\"secure=false\"]" })
	@Proves("F70")
	void entryOfSpringCloudConsulWithItsHttpPortIsNone(String parts) {
		assertThatIllegalArgumentException().isThrownBy(() -> read("""
				{"ID":"orders-8080","Address":"10.0.0.1","Port":8080,%s}""".formatted(parts), ""))
			.withMessage("no gRPC port: Spring Cloud Consul registered HTTP port 8080"
					+ " (fix: spring.cloud.consul.discovery.metadata.gRPC_port of that application)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "gRPC.port=9090", "gRPC_port=9090" })
	void portAmongTheTagsIsCalled(String tag) {
		assertThat(read("""
				{"ID":"orders-8080","Address":"10.0.0.1","Port":8080,"Tags":["secure=false","%s"]}""".formatted(tag),
				"")
			.address()).hasToString("10.0.0.1:9090");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"{'Name':'http','Port':8080,'Default':true},{'Name':'grpc','Port':9090} | 9090",
			"{'Name':'admin','Port':8080},{'Name':'GRPCS','Port':9443} | 9443", "{'Name':'main','Port':9090} | 9090",
			"{'Name':'http','Port':8080,'Default':true},{'Name':'admin','Port':9090} | none of its Ports is named 'grpc': [http, admin]",
			"{'Name':'http','Port':8080} | none of its Ports is named 'grpc': [http]" })
	void portIsTheOneThatIsNamedSo(String ports, String expected) {
		String service = """
				{"ID":"o1","Address":"10.0.0.1","Port":8080,"Ports":[%s]}""".formatted(ports.replace('\'', '"'));
		if (expected.startsWith("none")) {
			assertThatIllegalArgumentException().isThrownBy(() -> read(service, ""))
				.withMessage("no gRPC port: " + expected);
		}
		else {
			assertThat(read(service, "").address()).hasToString("10.0.0.1:" + expected);
		}
	}

	@Test
	void ipv6InBracketsIsCalled() {
		assertThat(read("""
				{"ID":"o1","Address":"[::1]","Port":9090}""", "").address()).hasToString("[::1]:9090");
		assertThat(read("""
				{"ID":"o1","Port":9090}""", "[fd00::1]").address()).hasToString("[fd00::1]:9090");
	}

	@ParameterizedTest
	@ValueSource(strings = { "grpc://0.0.0.0:9000", "unix:/run/x", "grpc://", "" })
	void unusableTaggedAddressGivesItsPortToTheAddressOfTheService(String tagged) {
		assertThat(read("""
				{"ID":"k1","Address":"10.0.0.1","Port":8000,"Meta":{"secure":"false"},
				 "TaggedAddresses":{"grpc":{"Address":"%s","Port":9000}}}""".formatted(tagged), "").address())
			.hasToString("10.0.0.1:9000");
	}

	@Test
	void entryOfKitex() {
		ServiceInstance instance = read("""
				{"ID":"x1","Address":"10.0.0.1","Port":8888,"Tags":["k:v"],"Weights":{"Passing":10,"Warning":10}}""",
				"");
		assertThat(instance.weight()).isEqualTo(10);
		assertThat(instance.tags()).containsExactly("k:v");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			grpc://10.0.0.1:9000   | 1 | 10.0.0.1:9000
			grpcs://10.0.0.1:9000  | 1 | 10.0.0.1:9000
			grpc://[fd00::1]:9000  | 1 | [fd00::1]:9000
			10.0.0.1:9000          | 1 | 10.0.0.1:9000
			10.0.0.1               | 7 | 10.0.0.1:7
			fd00::1                | 7 | [fd00::1]:7
			[fd00::1]              | 7 | [fd00::1]:7
			grpc://orders.internal | 7 | orders.internal:7
			""")
	void taggedAddressInEveryForm(String tagged, int port, String address) {
		assertThat(read("""
				{"ID":"k1","Address":"10.9.9.9","Port":1,"TaggedAddresses":{"grpc":{"Address":"%s","Port":%d}}}"""
			.formatted(tagged, port), "").address()).hasToString(address);
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "-5", "65536", "70000", "9090.5", "1099511627776", "null", "true", "[]", "\"x\"",
			"\"\"", "\"-1\"", "\"99999999999\"" })
	@Proves("I37")
	void portThatIsNoneIsRefused(String port) {
		assertThatIllegalArgumentException().isThrownBy(() -> read("""
				{"ID":"o1","Address":"10.0.0.1","Port":%s}""".formatted(port), "")).withMessageStartingWith("port: ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "x", "", "-1", "0", "65536", "99999999999", "9090.5" })
	void portInMetaThatIsNoneIsRefused(String port) {
		assertThatIllegalArgumentException().isThrownBy(() -> read("""
				{"ID":"o1","Address":"10.0.0.1","Port":1,"Meta":{"gRPC_port":"%s"}}""".formatted(port), ""))
			.withMessageStartingWith("port: ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0.0.0.0", "::", "169.254.169.254", "224.0.0.1", "255.255.255.255", "fe80::1%eth0",
			"unix:/run/x", "dns:///evil", "a,b", "a b", "a:b:1", "evil\\u202e", "grpc://" })
	@Proves("I36")
	void addressThatNobodyMayCallIsRefused(String host) {
		assertThatIllegalArgumentException().isThrownBy(() -> read("""
				{"ID":"o1","Address":"%s","Port":9090}""".formatted(host), "")).withMessageStartingWith("host: ");
		assertThatIllegalArgumentException().isThrownBy(() -> read("""
				{"ID":"o1","Port":1,"TaggedAddresses":{"grpc":{"Address":"%s","Port":9090}}}""".formatted(host),
				"10.0.0.1"));
	}

	@ParameterizedTest
	@CsvSource({ "0, 0", "7, 7", "1000, 1000", "100000, 1000", "-1, 100", "abc, 100", "1.5, 100", "99999999999, 100" })
	@Proves("I38")
	void weightIsForcedIntoItsRange(String written, int weight) {
		assertThat(read("""
				{"ID":"o1","Address":"10.0.0.1","Port":1,"Meta":{"weight":"%s"}}""".formatted(written), "").weight())
			.isEqualTo(weight);
	}

	@Test
	@Proves("I33")
	void oddPartsCostOnlyThemselves() {
		ServiceInstance instance = read("""
				{"ID":"a/b?c","Address":"10.0.0.1","Port":9090,"Tags":["ok",5,"",null,"%s"],
				 "Meta":{"ok":"1","bad key":"2","long":"%s","n":5,"grpc-discovery-id":"a/b"},"Weights":"none",
				 "TaggedAddresses":[]}""".formatted("x".repeat(600), "x".repeat(600)), "");
		assertThat(instance).isEqualTo(ServiceInstance.builder("orders", "10.0.0.1", 9090)
			.id("10.0.0.1:9090")
			.tags(List.of("ok"))
			.metadata(Map.of("ok", "1", "n", "5"))
			.build());
	}

	private static ServiceInstance read(String service, String node) {
		return ConsulEntry.read("orders", Json.asObject(Json.read("""
				{"Node":{"Address":"%s"},"Service":%s,"Checks":[]}""".formatted(node, service))));
	}

}
