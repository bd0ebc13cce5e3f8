package io.github.grpcdiscovery.consul;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpRequestBase;
import org.apache.http.conn.ClientConnectionManager;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.params.HttpParams;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, in the place of the HTTP client that consul-api sends it
 * by: adds what consul-api lacks, which is a timeout of each request's own, a way to give
 * up, a limit to the answer's size and a look at its headers.
 */
final class ConsulExchange extends CloseableHttpClient {

	private static final int CONNECT_TIMEOUT = 2000;

	private final CloseableHttpClient client;

	private final RequestConfig config;

	private final Map<String, String> headers = new HashMap<>();

	private @Nullable HttpRequestBase request; // guarded by this

	private boolean aborted; // guarded by this

	/**
	 * Creates an exchange.
	 * @param client sends the request
	 * @param timeout how long the answer may be silent
	 */
	ConsulExchange(CloseableHttpClient client, Duration timeout) {
		this.client = client;
		this.config = RequestConfig.custom()
			.setConnectTimeout(CONNECT_TIMEOUT)
			.setConnectionRequestTimeout(CONNECT_TIMEOUT)
			.setSocketTimeout((int) Math.min(timeout.toMillis(), Integer.MAX_VALUE))
			.setRedirectsEnabled(false)
			.build();
	}

	@Override
	protected CloseableHttpResponse doExecute(HttpHost target, HttpRequest request, HttpContext context)
			throws IOException {
		if (!(request instanceof HttpRequestBase ours)) {
			throw new IOException("unexpected request " + request.getClass().getName());
		}
		ours.setConfig(this.config);
		synchronized (this) {
			this.request = ours;
			if (this.aborted) {
				ours.abort();
			}
		}
		CloseableHttpResponse response = this.client.execute(target, request, context);
		for (Header header : response.getAllHeaders()) {
			this.headers.putIfAbsent(header.getName().toLowerCase(Locale.ROOT), header.getValue());
		}
		HttpEntity entity = response.getEntity();
		response.setEntity((entity != null) ? new LimitedEntity(entity) : LimitedEntity.EMPTY);
		return response;
	}

	/**
	 * Gives the request up: whoever waits for the answer gets an error at once. Any
	 * thread, any number of times.
	 */
	synchronized void abort() {
		this.aborted = true;
		if (this.request != null) {
			this.request.abort();
		}
	}

	/**
	 * The answer's headers, by their names in lower case. By the thread that waited for
	 * the answer.
	 */
	Map<String, String> headers() {
		return Map.copyOf(this.headers);
	}

	// the client is its owner's to close
	@Override
	public void close() {
	}

	@Deprecated
	@Override
	public HttpParams getParams() {
		throw new UnsupportedOperationException();
	}

	@Deprecated
	@Override
	public ClientConnectionManager getConnectionManager() {
		throw new UnsupportedOperationException();
	}

}
