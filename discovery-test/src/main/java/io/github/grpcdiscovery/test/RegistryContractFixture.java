package io.github.grpcdiscovery.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.testsupport.Conditions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Processes on the registry under test, all closed after the test.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
abstract class RegistryContractFixture {

	private static final AtomicInteger services = new AtomicInteger();

	private final List<Registry> registries = new ArrayList<>();

	final List<RecordingListener> listeners = new ArrayList<>();

	RegistryFixture fixture;

	/** A name that no other test uses, since a server may be shared. */
	String service;

	/**
	 * The registry that the tests run on. The server is there; it may be shared by the
	 * tests of a class.
	 * @return closed after each test
	 */
	protected abstract RegistryFixture newFixture();

	@BeforeEach
	void openFixture() {
		this.service = "contract-%d-%x".formatted(services.incrementAndGet(), ThreadLocalRandom.current().nextInt());
		this.fixture = newFixture();
	}

	@AfterEach
	void closeFixture() {
		try (RegistryFixture fixture = this.fixture) {
			fixture.startServer();
			this.registries.forEach(Registry::close);
		}
		this.listeners.forEach(RecordingListener::assertPromisesKept);
	}

	/**
	 * One process.
	 * @return closed after the test
	 */
	protected final Registry process() {
		return process(DiscoveryObserver.NONE);
	}

	/**
	 * One process that is watched over.
	 * @param observer sees what happens
	 * @return closed after the test
	 */
	protected final Registry process(DiscoveryObserver observer) {
		Registry registry = this.fixture.newRegistry(observer);
		this.registries.add(registry);
		return registry;
	}

	/**
	 * An instance of the test's service whose id is made of its port.
	 * @param port the port
	 * @return an instance on 127.0.0.1
	 */
	protected final ServiceInstance instance(int port) {
		return ServiceInstance.builder(this.service, "127.0.0.1", port).id(this.service + "-" + port).build();
	}

	RecordingListener watch(Registry registry, String service) {
		RecordingListener listener = new RecordingListener();
		this.listeners.add(listener);
		registry.discovery().watch(service, listener);
		return listener;
	}

	Registration registered(Registry registry, ServiceInstance instance) {
		Registration registration = registry.registrar().register(instance);
		assertThat(registration.registered()).succeedsWithin(Conditions.scaled(Duration.ofSeconds(60)));
		return registration;
	}

	void staysFor(Duration time, Runnable assertions) {
		Conditions.await(time.multipliedBy(2).plusSeconds(30)).during(time).untilAsserted(assertions::run);
	}

}
