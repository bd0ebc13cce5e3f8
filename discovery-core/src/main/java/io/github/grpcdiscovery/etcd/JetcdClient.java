package io.github.grpcdiscovery.etcd;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;

import javax.net.ssl.SSLException;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.Watch;
import io.netty.handler.ssl.SslContextBuilder;

/**
 * One jetcd client, with the settings under which it behaves. Its parts are taken once:
 * asked for again after a close, jetcd would make new ones.
 *
 * @param client the client
 * @param kv its keys and values
 * @param lease its leases
 * @param watch its watches
 */
record JetcdClient(Client client, KV kv, Lease lease, Watch watch) {

	private static final int MAX_MESSAGE = 32 * 1024 * 1024;

	/**
	 * Makes a client. It connects when it is first used. May take some hundred
	 * milliseconds the first time.
	 * @param settings how to reach etcd
	 * @param interceptor what every call goes through, authentication among it
	 * @param executor where jetcd starts its calls
	 * @return the client
	 * @throws SSLException if the TLS settings do not fit together
	 */
	static JetcdClient open(EtcdSettings settings, EtcdCallInterceptor interceptor, ExecutorService executor)
			throws SSLException {
		ClientBuilder builder = Client.builder()
			.target(EtcdEndpoint.target(settings.members(), settings.authority()))
			.interceptor(interceptor)
			.executorService(executor)
			.waitForReady(true)
			// etcd answers pings without a call by closing the connection
			.keepaliveWithoutCalls(false)
			.keepaliveTime(settings.keepAliveTime())
			.keepaliveTimeout(settings.keepAliveTimeout())
			.connectTimeout(settings.connectTimeout())
			.maxInboundMessageSize(MAX_MESSAGE)
			// whether to try again is ours to decide: a repeated grant leaves a lease
			// behind
			.retryMaxAttempts(0);
		if (settings.authority() != null) {
			builder.authority(settings.authority());
		}
		if (settings.members().get(0).tls()) {
			EtcdTls tls = (settings.tls() != null) ? settings.tls() : EtcdTls.DEFAULT;
			builder.sslContext((ssl) -> configure(ssl, tls));
		}
		Client client = builder.build();
		return new JetcdClient(client, client.getKVClient(), client.getLeaseClient(), client.getWatchClient());
	}

	private static void configure(SslContextBuilder ssl, EtcdTls tls) {
		if (tls.trust() != null) {
			ssl.trustManager(tls.trust());
		}
		if (tls.key() != null) {
			ssl.keyManager(tls.key());
		}
		if (!tls.protocols().isEmpty()) {
			ssl.protocols(tls.protocols());
		}
		if (!tls.ciphers().isEmpty()) {
			ssl.ciphers(tls.ciphers());
		}
	}

	static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	void close() {
		this.client.close();
	}

}
