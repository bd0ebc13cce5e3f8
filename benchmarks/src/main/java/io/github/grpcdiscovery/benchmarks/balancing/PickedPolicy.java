package io.github.grpcdiscovery.benchmarks.balancing;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;

import io.grpc.CallOptions;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolver;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import io.grpc.SynchronizationContext;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.benchmarks.EchoServer;
import io.github.grpcdiscovery.benchmarks.Pause;
import io.github.grpcdiscovery.resolver.DiscoveryNameResolverProvider;
import io.github.grpcdiscovery.resolver.Registries;

/**
 * A policy that believes to be connected to many servers, and a call to ask its picker
 * for. The list comes by the product's own resolver.
 */
final class PickedPolicy extends PickSubchannelArgs implements AutoCloseable {

	private final Metadata headers = new Metadata();

	private final SynchronizationContext syncContext = new SynchronizationContext((thread, error) -> {
		throw new IllegalStateException("the policy failed", error);
	});

	private final ScheduledExecutorService timers = Executors
		.newSingleThreadScheduledExecutor(Threads.daemon("policy-timer"));

	private final LoadBalancerProvider provider;

	private final UnconnectedHelper helper;

	private final LoadBalancer policy;

	private final NameResolver resolver;

	private PickedPolicy(LoadBalancerProvider provider, List<ServiceInstance> instances) {
		this.provider = provider;
		this.helper = new UnconnectedHelper(this.syncContext, this.timers);
		this.policy = provider.newLoadBalancer(this.helper);
		NameResolver.Args args = NameResolver.Args.newBuilder()
			.setDefaultPort(80)
			.setProxyDetector((address) -> null)
			.setSynchronizationContext(this.syncContext)
			.setScheduledExecutorService(this.timers)
			.setOffloadExecutor(this.timers)
			.setServiceConfigParser(new NoParser())
			.setArg(DiscoveryNameResolverProvider.REGISTRIES, Registries.only(new SettableDiscovery(instances)))
			.setArg(DiscoveryNameResolverProvider.LOAD_BALANCING_POLICY, provider.getPolicyName())
			.build();
		this.resolver = new DiscoveryNameResolverProvider.Any()
			.newNameResolver(URI.create("discovery:///" + ProgrammableServer.SERVICE), args);
		this.syncContext.execute(() -> this.resolver.start(new Lists()));
	}

	/**
	 * Makes one, and waits until it is ready.
	 * @param policy name of the policy
	 * @param size how many servers
	 */
	static PickedPolicy of(String policy, int size) {
		LoadBalancerProvider provider = LoadBalancerRegistry.getDefaultRegistry().getProvider(policy);
		if (provider == null) {
			throw new IllegalArgumentException(
					"policy: '%s' (expected: one that is on the class path)".formatted(policy));
		}
		PickedPolicy picked = new PickedPolicy(provider,
				IntStream.range(0, size)
					.mapToObj((i) -> ServiceInstance.of(ProgrammableServer.SERVICE,
							"10.0.%d.%d".formatted(i / 250, i % 250 + 1), 9090))
					.toList());
		Pause.until("the policy's being ready", () -> picked.helper.readyPicker() != null);
		Pause.of(Duration.ofMillis(200));
		return picked;
	}

	/** The newest. */
	SubchannelPicker picker() {
		return this.helper.readyPicker();
	}

	@Override
	public CallOptions getCallOptions() {
		return CallOptions.DEFAULT;
	}

	@Override
	public Metadata getHeaders() {
		return this.headers;
	}

	@Override
	public MethodDescriptor<?, ?> getMethodDescriptor() {
		return EchoServer.METHOD;
	}

	@Override
	public void close() {
		this.syncContext.execute(() -> {
			this.resolver.shutdown();
			this.policy.shutdown();
		});
		this.timers.shutdownNow();
	}

	private final class Lists extends NameResolver.Listener2 {

		@Override
		public Status onResult2(NameResolver.ResolutionResult result) {
			PickedPolicy picked = PickedPolicy.this;
			return picked.policy.acceptResolvedAddresses(ResolvedAddresses.newBuilder()
				.setAddresses(result.getAddressesOrError().getValue())
				.setAttributes(result.getAttributes())
				.setLoadBalancingPolicyConfig(picked.provider.parseLoadBalancingPolicyConfig(Map.of()).getConfig())
				.build());
		}

		@Override
		public void onResult(NameResolver.ResolutionResult result) {
			onResult2(result);
		}

		@Override
		public void onError(Status error) {
			throw error.asRuntimeException();
		}

	}

	/** The policy is chosen already. */
	private static final class NoParser extends NameResolver.ServiceConfigParser {

		@Override
		public ConfigOrError parseServiceConfig(Map<String, ?> config) {
			return ConfigOrError.fromConfig(config);
		}

	}

}
