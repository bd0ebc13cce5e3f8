package io.github.grpcdiscovery.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registry;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.spi.EventLoop;
import io.github.grpcdiscovery.test.RegistryFixture;
import io.github.grpcdiscovery.testsupport.Conditions;

/**
 * A directory as a registry that can be stopped: it is moved away, and a file takes its
 * place, since a mere hole would be filled by the next process that writes.
 */
final class LocalFixture implements RegistryFixture {

	private final Path root;

	private final Path away;

	private final Map<Registry, EventLoop> loops = new HashMap<>();

	LocalFixture(Path parent) {
		this.root = parent.resolve("registry");
		this.away = parent.resolve("away");
		io(() -> Files.createDirectory(this.root));
	}

	LocalSettings settings() {
		return new LocalSettings(this.root, ttl(), Duration.ofMillis(200));
	}

	@Override
	public Registry newRegistry(DiscoveryObserver observer) {
		EventLoop loop = EventLoop.start("local-" + this.loops.size());
		LocalRegistry registry = new LocalRegistry(settings(), LocalRegistry.DEFAULT_WATCH_SETTINGS, observer, loop,
				Clock.systemUTC());
		this.loops.put(registry, loop);
		return registry;
	}

	@Override
	public void abandon(Registry registry) {
		this.loops.get(registry).close();
	}

	@Override
	public void deleteEntry(ServiceInstance instance) {
		io(() -> {
			Files.delete(file(instance));
			return null;
		});
	}

	Path file(ServiceInstance instance) {
		return this.root.resolve(instance.service()).resolve(InstanceFile.fileName(instance.id()));
	}

	@Override
	public void putMalformedEntry(String service) {
		io(() -> {
			Files.createDirectories(this.root.resolve(service));
			return Files.writeString(this.root.resolve(service).resolve("bad.json"), "{bad");
		});
	}

	@Override
	public boolean putServiceConfig(String service, @Nullable String json) {
		Path file = this.root.resolve(".service-config").resolve(service + ".json");
		io(() -> {
			Files.createDirectories(file.getParent());
			// as people do: written in place
			return (json != null) ? Files.writeString(file, json) : Files.deleteIfExists(file);
		});
		return true;
	}

	@Override
	public void stopServer() {
		io(() -> {
			Files.move(this.root, this.away);
			return Files.createFile(this.root);
		});
	}

	@Override
	public void startServer() {
		if (Files.exists(this.away)) {
			io(() -> {
				Files.delete(this.root);
				return Files.move(this.away, this.root, StandardCopyOption.ATOMIC_MOVE);
			});
		}
	}

	@Override
	public Duration ttl() {
		return Conditions.scaled(Duration.ofSeconds(6));
	}

	@Override
	public void close() {
	}

	private static <T> T io(IoCall<T> call) {
		try {
			return call.call();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private interface IoCall<T> {

		T call() throws IOException;

	}

}
