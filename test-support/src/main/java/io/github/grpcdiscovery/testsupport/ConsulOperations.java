package io.github.grpcdiscovery.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;

import org.jspecify.annotations.Nullable;

/**
 * What a test asks a Consul agent for. All of it is plain HTTP, never the client under
 * test. Thread-safe.
 */
public abstract sealed class ConsulOperations permits ConsulAgent {

	abstract HttpClient http();

	public abstract URI endpoint();

	/**
	 * Tokens of an agent that was built with {@link ConsulAgentBuilder#acl()}.
	 * @return its access control
	 */
	public abstract ConsulAcl acl();

	/**
	 * Gets a text with the management token, if there is one.
	 * @param path such as {@code /v1/agent/services}
	 * @return the body
	 * @throws IllegalStateException unless the status is 2xx
	 */
	public final String get(String path) {
		return request("GET", path, null);
	}

	public final String put(String path) {
		return request("PUT", path, "");
	}

	public final String put(String path, String body) {
		return request("PUT", path, body);
	}

	public final String delete(String path) {
		return request("DELETE", path, null);
	}

	private String request(String method, String path, @Nullable String body) {
		HttpResponse<String> response = send(method, path, body, acl().managementTokenIfAny());
		if (response.statusCode() / 100 != 2) {
			throw new IllegalStateException(
					method + " " + path + ": " + response.statusCode() + " " + response.body().strip());
		}
		return response.body();
	}

	/**
	 * Sends any request.
	 * @param method the method
	 * @param path path and query
	 * @param body the body, if any
	 * @param token the ACL token, if any
	 * @return the answer, whatever its status is
	 * @throws UncheckedIOException if there is no answer
	 */
	public final HttpResponse<String> send(String method, String path, @Nullable String body, @Nullable String token) {
		HttpRequest.Builder request = HttpRequest.newBuilder(endpoint().resolve(path))
			.method(method, (body != null) ? BodyPublishers.ofString(body) : BodyPublishers.noBody());
		if (token != null) {
			request.header("X-Consul-Token", token);
		}
		try {
			return Http.send(http(), request);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(method + " " + path + " got no answer from " + this, ex);
		}
	}

}
