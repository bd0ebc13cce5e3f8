package io.github.grpcdiscovery.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.grpcdiscovery.testsupport.EtcdServer;

/** What etcd counts itself. */
final class EtcdMetrics {

	private EtcdMetrics() {
	}

	/**
	 * How many calls etcd has answered, whatever the answer.
	 * @param etcd the server
	 * @param method such as {@code Range}
	 * @return since it was started
	 */
	static int handled(EtcdServer etcd, String method) {
		Pattern line = Pattern
			.compile("grpc_server_handled_total\\{[^}]*grpc_method=\"" + method + "\"[^}]*} ([0-9.e+]+)");
		Matcher matcher = line.matcher(metrics(etcd));
		double sum = 0;
		while (matcher.find()) {
			sum += Double.parseDouble(matcher.group(1));
		}
		return (int) sum;
	}

	private static String metrics(EtcdServer etcd) {
		try (var body = etcd.endpoint().resolve("/metrics").toURL().openStream()) {
			return new String(body.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
