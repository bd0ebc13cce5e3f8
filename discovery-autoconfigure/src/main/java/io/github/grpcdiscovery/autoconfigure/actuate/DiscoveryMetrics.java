package io.github.grpcdiscovery.autoconfigure.actuate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.RegistrationStatus;
import io.github.grpcdiscovery.RegistrationStatus.State;

/**
 * Meters of what happens between this application and its registries. They count from the
 * start, whenever they are bound, and ask nothing of a registry.
 */
final class DiscoveryMetrics implements DiscoveryObserver, MeterBinder {

	private static final String STALE_AGE = "grpc.discovery.stale.age";

	// all below: guarded by this; events are rare

	private final List<MeterRegistry> meterRegistries = new ArrayList<>();

	private final Map<Key, AtomicLong> values = new HashMap<>();

	@Override
	public synchronized void bindTo(MeterRegistry meterRegistry) {
		this.meterRegistries.add(meterRegistry);
		this.values.forEach((key, value) -> key.register(meterRegistry, value));
	}

	@Override
	public void instancesChanged(String registry, String service, int instances) {
		Tags tags = Tags.of("registry", registry, "service", service);
		value(new Key(Kind.INSTANCES, tags)).set(instances);
		value(new Key(Kind.UNCONFIRMED, tags));
		value(new Key(Kind.STALE, tags));
	}

	@Override
	public void instancesRetained(String registry, String service, int retained) {
		value(new Key(Kind.UNCONFIRMED, Tags.of("registry", registry, "service", service))).set(retained);
	}

	@Override
	public void freshnessChanged(String registry, String service, @Nullable Instant staleSince) {
		value(new Key(Kind.STALE, Tags.of("registry", registry, "service", service)))
			.set((staleSince != null) ? staleSince.toEpochMilli() : 0);
	}

	@Override
	public void watchEnded(String registry, String service) {
		for (Kind kind : List.of(Kind.INSTANCES, Kind.UNCONFIRMED, Kind.STALE)) {
			remove(new Key(kind, Tags.of("registry", registry, "service", service)));
		}
	}

	@Override
	public void contactLost(String registry, String service, Purpose purpose) {
		value(new Key(Kind.RECONNECTS,
				Tags.of("registry", registry, "service", service, "purpose", purpose.name().toLowerCase(Locale.ROOT))))
			.incrementAndGet();
	}

	@Override
	public void entrySkipped(String registry, String service) {
		value(new Key(Kind.SKIPPED, Tags.of("registry", registry, "service", service))).incrementAndGet();
	}

	@Override
	public void registrationChanged(RegistrationStatus status) {
		// not by instance: that tag is Prometheus' own, and ids may be random ports
		Tags tags = Tags.of("registry", status.registry(), "service", status.instance().service());
		if (status.state() == State.DEREGISTERED) {
			remove(new Key(Kind.REGISTERED, tags));
		}
		else {
			value(new Key(Kind.REGISTERED, tags)).set((status.state() == State.REGISTERED) ? 1 : 0);
		}
	}

	private synchronized AtomicLong value(Key key) {
		return this.values.computeIfAbsent(key, (created) -> {
			AtomicLong value = new AtomicLong();
			this.meterRegistries.forEach((meterRegistry) -> created.register(meterRegistry, value));
			return value;
		});
	}

	private synchronized void remove(Key key) {
		if (this.values.remove(key) != null) {
			this.meterRegistries.forEach(key::remove);
		}
	}

	private enum Kind {

		INSTANCES("grpc.discovery.instances", "Instances that a followed service has, as channels know them", null),

		UNCONFIRMED("grpc.discovery.instances.unconfirmed",
				"Instances that the registry does not have any more and that stay in use until that is confirmed",
				null),

		/** The value behind it is the time since when, or 0. */
		STALE("grpc.discovery.stale", "Whether the list of instances is not being kept up to date: 1 or 0", null),

		REGISTERED("grpc.discovery.registered", "Whether this application's own instance is in the registry: 1 or 0",
				null),

		RECONNECTS("grpc.discovery.reconnects", "How often the contact with a registry was lost", "losses"),

		SKIPPED("grpc.discovery.entries.skipped", "Entries of a registry that could not be read as an instance",
				"entries");

		private final String meter;

		private final String description;

		private final @Nullable String counted;

		Kind(String meter, String description, @Nullable String counted) {
			this.meter = meter;
			this.description = description;
			this.counted = counted;
		}

	}

	private record Key(Kind kind, Tags tags) {

		void register(MeterRegistry meterRegistry, AtomicLong value) {
			if (this.kind.counted != null) {
				FunctionCounter.builder(this.kind.meter, value, AtomicLong::doubleValue)
					.description(this.kind.description)
					.baseUnit(this.kind.counted)
					.tags(this.tags)
					.register(meterRegistry);
			}
			else if (this.kind == Kind.STALE) {
				Gauge.builder(this.kind.meter, value, (since) -> (since.get() != 0) ? 1 : 0)
					.description(this.kind.description)
					.tags(this.tags)
					.register(meterRegistry);
				Clock clock = meterRegistry.config().clock();
				TimeGauge
					.builder(STALE_AGE, value, TimeUnit.MILLISECONDS,
							(since) -> (since.get() != 0) ? Math.max(clock.wallTime() - since.get(), 0) : 0)
					.description("How long ago the list of instances was last known to be true, if it is stale")
					.tags(this.tags)
					.register(meterRegistry);
			}
			else {
				Gauge.builder(this.kind.meter, value, AtomicLong::doubleValue)
					.description(this.kind.description)
					.tags(this.tags)
					.register(meterRegistry);
			}
		}

		void remove(MeterRegistry meterRegistry) {
			Stream.of(this.kind.meter, STALE_AGE)
				.filter((name) -> this.kind == Kind.STALE || !name.equals(STALE_AGE))
				.flatMap((name) -> meterRegistry.find(name).tags(this.tags).meters().stream())
				.map(Meter::getId)
				.forEach(meterRegistry::remove);
		}

	}

}
