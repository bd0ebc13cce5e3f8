package io.github.grpcdiscovery.testsupport;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * How clients reach an etcd server.
 *
 * @param server certificate of the server, or {@code null} for plain text
 * @param authority certificate of the authority that both sides trust
 * @param client certificate that etcdctl shows; {@code null} if the server asks for none
 */
record EtcdTls(@Nullable CertificateFiles server, @Nullable Path authority, @Nullable CertificateFiles client) {

	static final EtcdTls NONE = new EtcdTls(null, null, null);

	String scheme() {
		return (this.server != null) ? "https" : "http";
	}

	List<String> serverArguments() {
		if (this.server == null) {
			return List.of();
		}
		List<String> arguments = List.of("--cert-file=" + this.server.certificate(),
				"--key-file=" + this.server.privateKey());
		return (this.client == null) ? arguments
				: concat(arguments, List.of("--client-cert-auth=true", "--trusted-ca-file=" + this.authority));
	}

	List<String> clientArguments() {
		if (this.server == null) {
			return List.of();
		}
		List<String> arguments = List.of("--cacert=" + this.authority);
		return (this.client == null) ? arguments : concat(arguments,
				List.of("--cert=" + this.client.certificate(), "--key=" + this.client.privateKey()));
	}

	private static List<String> concat(List<String> first, List<String> second) {
		return Stream.concat(first.stream(), second.stream()).toList();
	}

}
