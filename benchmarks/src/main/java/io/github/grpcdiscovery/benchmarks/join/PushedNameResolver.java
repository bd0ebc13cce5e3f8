package io.github.grpcdiscovery.benchmarks.join;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;

import io.github.grpcdiscovery.HostAndPort;

/**
 * The least that grpc-java takes for a resolver: it hands over what it is told, for one
 * channel to {@code pushed:///}.
 */
final class PushedNameResolver extends NameResolverProvider {

	static final String SCHEME = "pushed";

	private volatile List<EquivalentAddressGroup> addresses = List.of();

	private volatile SynchronizationContext syncContext;

	private volatile NameResolver.Listener2 listener;

	/**
	 * Hands over a list, now and to whoever begins to listen.
	 */
	void push(List<String> addresses) {
		this.addresses = addresses.stream()
			.map(HostAndPort::parse)
			.map((address) -> new EquivalentAddressGroup(new InetSocketAddress(address.host(), address.port())))
			.toList();
		if (this.listener != null) {
			this.syncContext.execute(this::deliver);
		}
	}

	private void deliver() {
		this.listener.onResult2(NameResolver.ResolutionResult.newBuilder()
			.setAddressesOrError(StatusOr.fromValue(this.addresses))
			.build());
	}

	@Override
	public NameResolver newNameResolver(URI target, NameResolver.Args args) {
		if (!SCHEME.equals(target.getScheme())) {
			return null;
		}
		this.syncContext = args.getSynchronizationContext();
		return new NameResolver() {

			@Override
			public String getServiceAuthority() {
				return SCHEME;
			}

			@Override
			public void start(Listener2 listener) {
				PushedNameResolver.this.listener = listener;
				deliver();
			}

			@Override
			public void shutdown() {
				// there is one channel, and it lives as long as the measurement
			}

		};
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
