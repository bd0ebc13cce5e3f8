package io.github.grpcdiscovery.faults.random;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

import io.grpc.ManagedChannel;

import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.WatchStatus;
import io.github.grpcdiscovery.faults.FaultRegistry;
import io.github.grpcdiscovery.snapshot.SnapshotFiles;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.SteadyCaller;

import static org.assertj.core.api.Assertions.assertThat;

/** The client under test and its calls. */
final class LoadedClient implements AutoCloseable {

	private static final Duration PLAIN = Conditions.scaled(Duration.ofSeconds(5));

	/** Longer than anything is away. */
	private static final Duration WAITING = Conditions.scaled(Duration.ofSeconds(90));

	private static final int CALLS_A_SECOND = 200;

	private final SnapshotFiles snapshots;

	private final Registry registry;

	private final ManagedChannel channel;

	private final SteadyCaller calls;

	LoadedClient(RegistryInTrouble registry, Way way, Path snapshots) {
		this.snapshots = new SnapshotFiles(snapshots, Duration.ofHours(1), Clock.systemUTC());
		this.registry = registry.client(way.proxy().uri("http"),
				WatchSettings.builder().snapshots(this.snapshots).build());
		this.channel = FaultRegistry.channelBuilder(this.registry).build();
		this.calls = SteadyCaller.start(this.channel, CALLS_A_SECOND, PLAIN, WAITING);
	}

	/** A second client with connections of its own, that goes when it is mended. */
	static Repair another(RegistryInTrouble registry, Way way) {
		Registry another = registry.client(way.proxy().uri("http"), WatchSettings.DEFAULT);
		ManagedChannel channel = FaultRegistry.channelBuilder(another).build();
		SteadyCaller calls = SteadyCaller.start(channel, 10, PLAIN, PLAIN);
		return () -> {
			channel.shutdownNow();
			calls.close();
			long began = System.nanoTime();
			another.close();
			assertThat(Duration.ofNanos(System.nanoTime() - began)).as("closing a registry")
				.isLessThan(Conditions.scaled(Duration.ofSeconds(10)));
		};
	}

	WatchStatus watch() {
		return this.registry.discovery().watches().get(0);
	}

	SteadyCaller calls() {
		return this.calls;
	}

	/** Waits for calls that are under way, unless the channel is shut down before. */
	void leave() {
		this.calls.close();
		close();
	}

	@Override
	public void close() {
		this.channel.shutdownNow();
		this.calls.close();
		this.registry.close();
		this.snapshots.close();
	}

}
