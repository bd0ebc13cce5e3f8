package io.github.grpcdiscovery.consul;

import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.RegistryAccessException;
import io.github.grpcdiscovery.RegistryException;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * What Consul answered.
 *
 * @param request where and what was asked, for messages, without secrets
 * @param status HTTP status
 * @param headers the headers that we look at, by their names in lower case
 * @param body the body, empty if there was none
 */
record ConsulAnswer(String request, int status, Map<String, String> headers, String body) {

	static final String INDEX = "x-consul-index";

	static final String KNOWN_LEADER = "x-consul-knownleader";

	static final String QUERY_BACKEND = "x-consul-query-backend";

	static final String FILTERED_BY_ACLS = "x-consul-results-filtered-by-acls";

	static final String CONTENT_TYPE = "content-type";

	boolean isOk() {
		return this.status >= 200 && this.status < 300;
	}

	boolean isNotFound() {
		return this.status == 404;
	}

	/**
	 * The index of a blocking query, to be compared unsigned.
	 * @return 0 if it is absent or no such number
	 */
	long index() {
		String index = this.headers.get(INDEX);
		try {
			return (index != null) ? Long.parseUnsignedLong(index) : 0;
		}
		catch (NumberFormatException ex) {
			return 0;
		}
	}

	/**
	 * Whether the agent answered from its own copy, which the servers keep up to date by
	 * a stream. Such an answer says neither whether there is a leader nor whether our
	 * token may see everything.
	 */
	boolean streaming() {
		return "streaming".equalsIgnoreCase(this.headers.get(QUERY_BACKEND));
	}

	boolean knownLeader() {
		return streaming() || !"false".equalsIgnoreCase(this.headers.get(KNOWN_LEADER));
	}

	/**
	 * Whether {@link #filteredByAcls()} can be relied on: Consul has it since 1.11, and
	 * not where it streams.
	 */
	boolean reportsFiltering() {
		return !streaming() && this.headers.containsKey(QUERY_BACKEND);
	}

	boolean filteredByAcls() {
		return "true".equalsIgnoreCase(this.headers.get(FILTERED_BY_ACLS));
	}

	/**
	 * The body as JSON.
	 * @return the value
	 * @throws RegistryException if it is none, such as the page of a proxy
	 */
	@Nullable Object json() {
		String type = this.headers.getOrDefault(CONTENT_TYPE, "none");
		if (!type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
			throw malformed("content type '%s' (expected: application/json; is there a proxy in between?)"
				.formatted(Printable.of(type)));
		}
		try {
			return Json.readAnswer(this.body);
		}
		catch (IllegalArgumentException ex) {
			throw malformed(Printable.of(ex.getMessage()));
		}
	}

	/**
	 * The body as a service that the agent holds.
	 * @return what the agent holds of it
	 * @throws RegistryException if it is none, such as {@code null}
	 */
	Map<String, @Nullable Object> service() {
		if (json() instanceof Map<?, ?> service && service.get("Service") instanceof String) {
			return Json.asObject(service);
		}
		throw malformed("no service");
	}

	RegistryException malformed(String reason) {
		return new RegistryException("%s: unusable answer: %s".formatted(this.request, reason), null);
	}

	/**
	 * The answer as an error.
	 * @param permission what our token needs, such as {@code service:write on 'orders'}
	 * @return an exception that says where, what and why
	 */
	RegistryException error(String permission) {
		String said = "%s: status %d: %s".formatted(this.request, this.status,
				this.body.isBlank() ? "no reason given" : Printable.of(this.body.trim()));
		if (this.status == 401 || this.status == 403) {
			return new RegistryAccessException(
					"%s (expected: a token that is known to Consul and has %s)".formatted(said, permission), null);
		}
		if (this.status == 429) {
			// often without a word
			said += " (expected: fewer connections or requests from this address than the agent allows: limits.http_max_conns_per_client, 200 by default, and its limits of requests)";
		}
		return new ConsulStatusException(said, this.status);
	}

	/**
	 * Insists on success.
	 * @param permission what our token needs
	 * @throws RegistryException if the status is another one
	 */
	void requireOk(String permission) {
		if (!isOk()) {
			throw error(permission);
		}
	}

}
