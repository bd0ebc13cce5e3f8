package io.github.grpcdiscovery.resolver;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.grpc.NameResolver;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.NameResolver.ServiceConfigParser;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.testsupport.FakeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/** What a channel gets of instances whose hosts have to be looked up. */
class DiscoveryNameResolverTests {

	private static final ServiceInstance NAMED = ServiceInstance.of("echo", "host-a", 1);

	private static final ServiceInstance OTHER = ServiceInstance.of("echo", "host-b", 1);

	private final FakeScheduler scheduler = new FakeScheduler();

	private final FakeDiscovery discovery = new FakeDiscovery();

	private final List<Runnable> lookUps = new ArrayList<>();

	private final List<ResolutionResult> results = new ArrayList<>();

	private InetAddress[] known = addresses("10.0.0.1", "10.0.0.2");

	private final DiscoveryNameResolver resolver = new DiscoveryNameResolver(
			DiscoveryTarget.parse(URI.create("discovery:///echo")), this.discovery, args(), this::lookUp);

	@BeforeEach
	void start() {
		this.resolver.start(new NameResolver.Listener2() {

			@Override
			public void onResult(ResolutionResult result) {
				DiscoveryNameResolverTests.this.results.add(result);
			}

			@Override
			public void onError(Status error) {
				throw new AssertionError(error);
			}

		});
	}

	@Test
	void listsThatComeFasterThanALookUpReachTheChannel() {
		for (int port = 1; port <= 25; port++) {
			this.discovery.hold(NAMED, ServiceInstance.of("echo", "10.0.0.9", port));
		}
		assertThat(this.results).hasSize(25);
		assertThat(last()).containsExactly(List.of("10.0.0.9:25"));
		assertThat(this.lookUps).hasSize(1);
		this.lookUps.remove(0).run();
		assertThat(last()).containsExactly(List.of("10.0.0.1:1", "10.0.0.2:1"), List.of("10.0.0.9:25"));
	}

	@Test
	void lastInstanceStaysUntilTheNameOfTheNextOneIsKnown() {
		this.discovery.hold(NAMED);
		this.lookUps.remove(0).run();
		this.discovery.hold(OTHER);
		assertThat(this.results).hasSize(1);
		this.known = addresses("10.0.0.7");
		this.lookUps.remove(0).run();
		assertThat(last()).containsExactly(List.of("10.0.0.7:1"));
	}

	@Test
	void nameThatDoesNotResolveIsToldAndIsNoEmptyList() {
		this.known = addresses();
		this.discovery.hold(NAMED);
		this.lookUps.remove(0).run();
		Status status = this.results.get(0).getAddressesOrError().getStatus();
		assertThat(status.getDescription()).isEqualTo("no host of 'echo' in fake (memory) resolves: host-a:1");
		assertThat(EmptyServiceException.isCauseOf(status)).isFalse();
		this.discovery.hold();
		assertThat(EmptyServiceException.isCauseOf(this.results.get(1).getAddressesOrError().getStatus())).isTrue();
	}

	@Test
	void refreshOfTheChannelLooksUpAgain() {
		this.discovery.hold(NAMED);
		this.lookUps.remove(0).run();
		this.known = addresses("10.0.0.7");
		this.resolver.refresh();
		this.lookUps.remove(0).run();
		assertThat(last()).containsExactly(List.of("10.0.0.7:1"));
		assertThat(this.discovery.refreshes()).isEqualTo(1);
		this.resolver.shutdown();
		assertThat(this.scheduler.pendingTasks()).isZero();
	}

	private List<List<String>> last() {
		return this.results.get(this.results.size() - 1)
			.getAddressesOrError()
			.getValue()
			.stream()
			.map((group) -> group.getAddresses().stream().map(InetSocketAddress.class::cast).map((address) -> {
				String host = address.getAddress().getHostAddress();
				return host + ":" + address.getPort();
			}).toList())
			.toList();
	}

	private InetAddress[] lookUp(String host) throws UnknownHostException {
		if (this.known.length == 0) {
			throw new UnknownHostException(host);
		}
		return this.known;
	}

	private static InetAddress[] addresses(String... literals) {
		InetAddress[] addresses = new InetAddress[literals.length];
		try {
			for (int i = 0; i < literals.length; i++) {
				addresses[i] = InetAddress.getByName(literals[i]);
			}
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
		return addresses;
	}

	private NameResolver.Args args() {
		return NameResolver.Args.newBuilder()
			.setDefaultPort(1)
			.setProxyDetector((address) -> null)
			.setSynchronizationContext(new SynchronizationContext((thread, error) -> {
				throw new AssertionError(error);
			}))
			.setScheduledExecutorService(this.scheduler)
			.setOffloadExecutor(this.lookUps::add)
			.setServiceConfigParser(new ServiceConfigParser() {

				@Override
				public ConfigOrError parseServiceConfig(Map<String, ?> config) {
					return ConfigOrError.fromConfig(config);
				}

			})
			.build();
	}

}
