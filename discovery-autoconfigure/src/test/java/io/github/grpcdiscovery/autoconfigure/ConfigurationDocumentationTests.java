package io.github.grpcdiscovery.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps {@code docs/configuration.md}, and the list of names that settings are checked
 * with, in step with the properties. After a change, run this test with
 * {@code -Ddocs.update} and commit what it wrote.
 */
class ConfigurationDocumentationTests {

	private static final Path FILE = Path.of("..", "docs", "configuration.md");

	private static final Path KNOWN = Path.of("src", "main", "resources", "io", "github", "grpcdiscovery",
			"autoconfigure", "known.properties");

	private static final Map<String, String> SECTIONS = sections();

	@Test
	void everyPropertyHasADescriptionAndASection() {
		for (JsonNode property : properties()) {
			String name = property.path("name").asString();
			assertThat(property.path("description").asString("")).as(name).isNotBlank();
			assertThat(section(name)).as("section of " + name).isNotNull();
			assertThat(name).satisfiesAnyOf((it) -> assertThat(section(it)).isNotEqualTo("grpc.discovery"),
					(it) -> assertThat(it.substring("grpc.discovery.".length())).doesNotContain("."));
		}
	}

	@Test
	void documentSaysWhatTheMetadataSays() throws IOException {
		String document = document();
		if (System.getProperty("docs.update") != null) {
			Files.writeString(FILE, document);
		}
		assertThat(FILE).as("run this test with -Ddocs.update").hasContent(document);
	}

	@Test
	void listOfKnownPropertiesSaysWhatTheMetadataSays() throws IOException {
		String list = properties().stream()
			.filter((property) -> property.path("name").asString().startsWith("grpc.discovery."))
			.map((property) -> property.path("name").asString() + "=" + property.path("type").asString() + "\n")
			.sorted()
			.collect(Collectors.joining());
		if (System.getProperty("docs.update") != null) {
			Files.writeString(KNOWN, list);
		}
		assertThat(KNOWN).as("run this test with -Ddocs.update").hasContent(list);
	}

	private static Map<String, String> sections() {
		Map<String, String> sections = new LinkedHashMap<>();
		sections.put("grpc.discovery",
				"""
						A registry is switched on by its own essential setting: `grpc.discovery.etcd.endpoints`,
						`grpc.discovery.consul.host` or `grpc.discovery.local.directory`. Without any of them, discovery is off.
						With several, `grpc.discovery.registry` must say which one, or which ones, `discovery:///name` means. The
						others can still be named, as in `etcd:///name`.

						A duration has a unit, such as `500ms`, `5s` or `1d`. A number without a unit is refused, except `0`. A
						placeholder that cannot be resolved is refused, except in passwords and tokens. An unknown property is
						ignored, with one warning at the start that names the nearest property.
						""");
		sections.put("grpc.discovery.registration",
				"""
						The server is registered when it has started *and* the application accepts traffic (Spring Boot's readiness),
						and deregistered before it stops. The advertised host is the first of: `host`; the server's own address
						(`grpc.server.address`, with Spring Boot's own gRPC `spring.grpc.server.address`), unless it listens on all;
						the environment variable `POD_IP`; an address in `preferred-networks`; the address this machine has towards
						a registry elsewhere; with a Consul agent on this machine, the address of the agent's node, if it is one of
						this machine's and the token may read it (`agent:read`); the first private address of this machine. It is the
						loopback address only if there is no other, if the agent itself has no other, and with the registry `local`.
						To stay on one machine, set `host: 127.0.0.1`. The log and `/actuator/grpcdiscovery` show the address and the
						reason for it. A bean of type `ServiceInstanceCustomizer` changes what properties cannot express.
						""");
		sections.put("grpc.discovery.client",
				"""
						With a registry, `@GrpcClient("name")` means `discovery:///name`. A configured `grpc.client.NAME.address` takes
						precedence, and so does a configured `grpc.default-scheme`. With Spring Boot's own gRPC, a configured
						`spring.grpc.client.channel.NAME.target` takes precedence.
						""");
		sections.put("grpc.discovery.etcd",
				"""
						A bean of type `EtcdConnectionDetails` replaces endpoints, user, password and SSL bundle. Passwords belong in
						the environment or a secret store, and never in an endpoint.
						""");
		sections.put("grpc.discovery.consul",
				"""
						A bean of type `ConsulConnectionDetails` replaces what is needed to reach the agent. The token belongs in the
						environment or a secret store.
						""");
		sections.put("grpc.discovery.local", """
				For several processes of one user on one machine: samples, demos, tests. There is no server to install.
				`grpc.discovery.registry=local` is enough to switch it on.
				""");
		sections.put("management", """
				With the actuator only. [Health, endpoint and metrics](actuator.md) describes what they show.
				""");
		return sections;
	}

	private static String document() {
		Map<String, List<JsonNode>> bySection = new TreeMap<>();
		for (JsonNode property : properties()) {
			bySection.computeIfAbsent(section(property.path("name").asString()), (section) -> new ArrayList<>())
				.add(property);
		}
		StringBuilder document = new StringBuilder(
				"""
						# Configuration

						Every property of the starter. This page is generated from the metadata that completes them in an editor.
						""");
		SECTIONS.forEach((section, introduction) -> {
			document.append("\n## `%s`\n\n%s\n| property | default | |\n| --- | --- | --- |\n".formatted(section + ".*",
					introduction));
			bySection.getOrDefault(section, List.of()).forEach((property) -> document.append(row(property)));
		});
		return document.toString();
	}

	private static String row(JsonNode property) {
		JsonNode value = property.path("defaultValue");
		String text = value.asString("").isEmpty() ? "" : "`" + value.asString() + "`";
		String type = property.path("type").asString();
		String name = property.path("name").asString() + (type.startsWith("java.util.Map") ? ".*" : "");
		return "| `%s` | %s | %s |\n".formatted(name, text,
				property.path("description")
					.asString("")
					.replaceAll("(?<![A-Za-z])'([^']+)'", "`$1`")
					.replace("|", "\\|"));
	}

	private static String section(String property) {
		return SECTIONS.keySet()
			.stream()
			.filter((section) -> property.startsWith(section + "."))
			.reduce((first, second) -> (second.length() > first.length()) ? second : first)
			.orElse(null);
	}

	private static List<JsonNode> properties() {
		Map<String, JsonNode> byName = new TreeMap<>();
		// the class path holds the metadata of others, too
		Path metadata = Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json");
		try (InputStream in = Files.newInputStream(metadata)) {
			for (JsonNode property : JsonMapper.shared().readTree(in).path("properties")) {
				byName.put(property.path("name").asString(), property);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return List.copyOf(byName.values());
	}

}
