package io.github.grpcdiscovery.samples.server;

import java.util.List;
import java.util.stream.IntStream;

import org.springframework.stereotype.Repository;

import io.github.grpcdiscovery.samples.api.Tag;

/**
 * The tags of a small blog, in memory. Every third one is switched off.
 */
@Repository
class TagRepository {

	private static final List<String> NAMES = List.of("Go", "gRPC", "etcd", "Java", "Spring Boot", "Consul", "Kotlin",
			"Protocol Buffers", "HTTP/2", "Microservices", "Service discovery", "Load balancing", "Observability",
			"OpenTelemetry", "Kubernetes", "Docker", "Linux", "Databases", "Redis", "Kafka", "Testing", "Security",
			"TLS", "Performance", "Concurrency");

	private final List<Tag> tags = IntStream.range(0, NAMES.size())
		.mapToObj((index) -> Tag.newBuilder()
			.setId(index + 1)
			.setName(NAMES.get(index))
			.setState((index % 3 != 2) ? 1 : 0)
			.build())
		.toList();

	List<Tag> find(TagQuery query) {
		return this.tags.stream().filter(query::matches).skip(query.offset()).limit(query.pageSize()).toList();
	}

	long count(TagQuery query) {
		return this.tags.stream().filter(query::matches).count();
	}

}
