package io.github.grpcdiscovery.consul;

import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;

import org.apache.http.HttpRequest;
import org.apache.http.config.Registry;
import org.apache.http.config.RegistryBuilder;
import org.apache.http.conn.ManagedHttpClientConnection;
import org.apache.http.conn.socket.ConnectionSocketFactory;
import org.apache.http.conn.socket.PlainConnectionSocketFactory;
import org.apache.http.conn.ssl.DefaultHostnameVerifier;
import org.apache.http.conn.ssl.SSLConnectionSocketFactory;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClientBuilder;
import org.apache.http.impl.conn.DefaultManagedHttpClientConnection;
import org.apache.http.impl.conn.PoolingHttpClientConnectionManager;
import org.apache.http.impl.conn.SystemDefaultDnsResolver;
import org.apache.http.protocol.HttpContext;
import org.apache.http.ssl.SSLContexts;

/**
 * Makes HTTP clients that do what they are told and nothing else: no redirects, which
 * would carry the token elsewhere, no retries, no cookies, no proxy of the system, no
 * logging of headers.
 */
final class ConsulHttpClients {

	static final String TOKEN_HEADER = "X-Consul-Token";

	private ConsulHttpClients() {
	}

	/**
	 * Makes a client.
	 * @param settings how to reach Consul
	 * @param token sent with every request
	 * @param connections how many connections it may hold
	 * @return closed by the caller
	 */
	static CloseableHttpClient create(ConsulSettings settings, ConsulToken token, int connections) {
		HttpClientBuilder builder = HttpClientBuilder.create()
			.setConnectionManager(connectionManager(settings, connections))
			.disableRedirectHandling()
			.disableCookieManagement()
			.disableAutomaticRetries()
			.disableAuthCaching()
			.disableContentCompression()
			.setUserAgent("grpc-discovery");
		builder.addInterceptorLast((HttpRequest request, HttpContext context) -> {
			String current = token.current();
			if (current != null) {
				request.setHeader(TOKEN_HEADER, current);
			}
		});
		return builder.build();
	}

	private static PoolingHttpClientConnectionManager connectionManager(ConsulSettings settings, int connections) {
		// the default connections would write every header to the log at DEBUG, with the
		// token
		PoolingHttpClientConnectionManager manager = new PoolingHttpClientConnectionManager(socketFactories(settings),
				(route, config) -> newConnection(), null, SystemDefaultDnsResolver.INSTANCE, -1, TimeUnit.MILLISECONDS);
		manager.setMaxTotal(connections);
		manager.setDefaultMaxPerRoute(connections);
		return manager;
	}

	private static ManagedHttpClientConnection newConnection() {
		return new DefaultManagedHttpClientConnection("consul", 8 * 1024);
	}

	private static Registry<ConnectionSocketFactory> socketFactories(ConsulSettings settings) {
		if (!"https".equals(settings.agent().getScheme())) {
			return RegistryBuilder.<ConnectionSocketFactory>create()
				.register("http", PlainConnectionSocketFactory.getSocketFactory())
				.build();
		}
		SSLContext context = (settings.tls() != null) ? settings.tls().context() : SSLContexts.createDefault();
		return RegistryBuilder.<ConnectionSocketFactory>create()
			.register("https", new SSLConnectionSocketFactory(context, new DefaultHostnameVerifier()))
			.build();
	}

}
