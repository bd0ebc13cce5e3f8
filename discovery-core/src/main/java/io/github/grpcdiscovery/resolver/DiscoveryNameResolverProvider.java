package io.github.grpcdiscovery.resolver;

import java.net.InetAddress;
import java.net.URI;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.Uri;
import org.jspecify.annotations.Nullable;

/**
 * Makes resolvers for targets such as {@code discovery:///tag-service}. Holds no state:
 * the registries come with each channel, as {@link #REGISTRIES}, so that several
 * applications in one JVM do not meet. {@link DiscoveryChannels} sets what a channel
 * needs. A registry of your own has its own scheme by a public subclass with a public
 * constructor without parameters, which
 * {@code META-INF/services/io.grpc.NameResolverProvider} names.
 */
public abstract class DiscoveryNameResolverProvider extends NameResolverProvider {

	/** Which registries a channel's target may mean. Required. */
	public static final NameResolver.Args.Key<Registries> REGISTRIES = NameResolver.Args.Key
		.create("io.github.grpcdiscovery.registries");

	/**
	 * The load balancing policy that a channel gets from us by service config, which wins
	 * over a default service config of the builder. {@value #LEAST_LOAD} when absent;
	 * empty for none, which leaves the policy to the builder.
	 */
	public static final NameResolver.Args.Key<String> LOAD_BALANCING_POLICY = NameResolver.Args.Key
		.create("io.github.grpcdiscovery.load-balancing-policy");

	/** The policy that gives each call to the server which will answer best. */
	public static final String LEAST_LOAD = "discovery_least_load";

	/**
	 * How the policy {@value #LEAST_LOAD} balances the calls to each service.
	 * {@link BalancingSettings#defaults()} when absent.
	 */
	public static final NameResolver.Args.Key<ServiceSettings> BALANCING = NameResolver.Args.Key
		.create("io.github.grpcdiscovery.balancing");

	// at 6 we would become the JVM's default scheme and take "localhost:9090" from DNS
	private static final int PRIORITY = 4;

	private final String scheme;

	/**
	 * Resolves the targets of one scheme.
	 * @param scheme in lower case, such as {@code zookeeper}
	 */
	protected DiscoveryNameResolverProvider(String scheme) {
		this.scheme = scheme;
	}

	@Override
	public @Nullable NameResolver newNameResolver(URI targetUri, NameResolver.Args args) {
		return resolver(targetUri.getScheme(), targetUri.toString(), args);
	}

	/** By which newer versions of gRPC ask; the same as by {@link URI}. */
	@Override
	public @Nullable NameResolver newNameResolver(Uri targetUri, NameResolver.Args args) {
		return resolver(targetUri.getScheme(), targetUri.toString(), args);
	}

	private @Nullable NameResolver resolver(@Nullable String scheme, String text, NameResolver.Args args) {
		if (!this.scheme.equals(scheme)) {
			return null;
		}
		DiscoveryTarget target = DiscoveryTarget.parse(text);
		Registries registries = args.getArg(REGISTRIES);
		if (registries == null) {
			throw new IllegalArgumentException(
					"target: '%s' (expected: a channel made by the starter, or by a builder with setNameResolverArg(DiscoveryNameResolverProvider.REGISTRIES, ..))"
						.formatted(target));
		}
		return new DiscoveryNameResolver(target, registries.forTarget(target), args, InetAddress::getAllByName);
	}

	@Override
	public String getDefaultScheme() {
		return this.scheme;
	}

	@Override
	protected boolean isAvailable() {
		return true;
	}

	@Override
	protected int priority() {
		return PRIORITY;
	}

	/** For {@code discovery:///name}: the registry that the application chose. */
	public static final class Any extends DiscoveryNameResolverProvider {

		/** Used by the service loader. */
		public Any() {
			super(DiscoveryTarget.ANY_REGISTRY);
		}

	}

	/** For {@code etcd:///name}. */
	public static final class Etcd extends DiscoveryNameResolverProvider {

		/** Used by the service loader. */
		public Etcd() {
			super("etcd");
		}

	}

	/** For {@code consul:///name}. */
	public static final class Consul extends DiscoveryNameResolverProvider {

		/** Used by the service loader. */
		public Consul() {
			super("consul");
		}

	}

	/** For {@code local:///name}. */
	public static final class Local extends DiscoveryNameResolverProvider {

		/** Used by the service loader. */
		public Local() {
			super("local");
		}

	}

}
