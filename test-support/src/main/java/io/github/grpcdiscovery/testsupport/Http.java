package io.github.grpcdiscovery.testsupport;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Plain HTTP requests to a server of the test.
 */
final class Http {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	// For questions about readiness, which are asked again and again.
	private static final Duration SHORT_TIMEOUT = Duration.ofSeconds(1);

	private static final HttpClient SHARED = client();

	private Http() {
	}

	/**
	 * Makes a client. One for each life of a server, since pooled connections to a dead
	 * one fail.
	 * @return the client
	 */
	static HttpClient client() {
		return HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.connectTimeout(Conditions.scaled(CONNECT_TIMEOUT))
			.build();
	}

	/**
	 * Gets a text, whatever the status is.
	 * @param uri what to get
	 * @return the body; {@code null} if there is no answer
	 */
	static @Nullable String text(URI uri) {
		try {
			return send(SHARED, HttpRequest.newBuilder(uri).timeout(Conditions.scaled(SHORT_TIMEOUT))).body();
		}
		catch (IOException ex) {
			return null;
		}
	}

	/**
	 * Sends a request and waits for the answer.
	 * @param client the client
	 * @param request with a timeout of its own, or 30 seconds (scaled)
	 * @return the answer, whatever its status is
	 * @throws IOException if there is none
	 */
	static HttpResponse<String> send(HttpClient client, HttpRequest.Builder request) throws IOException {
		HttpRequest complete = request.build();
		if (complete.timeout().isEmpty()) {
			complete = request.timeout(Conditions.scaled(TIMEOUT)).build();
		}
		try {
			return client.send(complete, HttpResponse.BodyHandlers.ofString());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("Interrupted while waiting for " + complete.uri(), ex);
		}
	}

}
