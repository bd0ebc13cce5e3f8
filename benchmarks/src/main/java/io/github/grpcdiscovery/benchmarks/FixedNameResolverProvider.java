package io.github.grpcdiscovery.benchmarks;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import net.devh.boot.grpc.client.nameresolver.StaticNameResolver;

import io.github.grpcdiscovery.HostAndPort;

/**
 * For {@code fixed:///127.0.0.1:9090,127.0.0.1:9091}: addresses that never change, by
 * net.devh's resolver. Its own scheme, {@code static://}, takes several addresses no
 * more, since grpc-java reads targets by RFC 3986.
 */
final class FixedNameResolverProvider extends NameResolverProvider {

	static final String SCHEME = "fixed";

	@Override
	public NameResolver newNameResolver(URI target, NameResolver.Args args) {
		if (!SCHEME.equals(target.getScheme())) {
			return null;
		}
		List<EquivalentAddressGroup> addresses = Arrays.stream(target.getPath().substring(1).split(","))
			.map(HostAndPort::parse)
			.map((address) -> new EquivalentAddressGroup(new InetSocketAddress(address.host(), address.port())))
			.toList();
		return new StaticNameResolver("unary", addresses);
	}

	@Override
	public String getDefaultScheme() {
		return SCHEME;
	}

	@Override
	protected boolean isAvailable() {
		return true;
	}

	@Override
	protected int priority() {
		return 4;
	}

}
