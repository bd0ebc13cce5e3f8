package io.github.grpcdiscovery.local;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.internal.codec.Json;
import io.github.grpcdiscovery.internal.util.PrivateFiles;
import io.github.grpcdiscovery.spi.EventLoop;

/**
 * The files of one service as one reader sees them over time: opened only when they were
 * touched, counted only as long as they are, and swept away when their process has long
 * been dead. On the event loop only.
 */
final class ServiceFiles {

	private static final Logger logger = LoggerFactory.getLogger(ServiceFiles.class);

	/** A dead process's file stays this much longer, for people to look at. */
	private static final Duration GRACE = Duration.ofSeconds(10);

	private final RegistryDirectory directory;

	private final String service;

	private final Duration sweepTemporaries;

	private final EventLoop loop;

	private final Clock clock;

	private final BiConsumer<String, String> skipped;

	private final Map<String, Known> known = new HashMap<>();

	/**
	 * Creates the view; reads nothing yet.
	 * @param directory the files
	 * @param service name of the service
	 * @param settings the reader's own
	 * @param loop the event loop
	 * @param clock wall clock, for the first sight of a file
	 * @param skipped told of files that are no instances: name with time, reason
	 */
	ServiceFiles(RegistryDirectory directory, String service, LocalSettings settings, EventLoop loop, Clock clock,
			BiConsumer<String, String> skipped) {
		this.directory = directory;
		this.service = service;
		this.sweepTemporaries = settings.ttl();
		this.loop = loop;
		this.clock = clock;
		this.skipped = skipped;
	}

	/**
	 * Reads what changed.
	 * @return the instances of the processes that are alive, sorted by id
	 */
	List<ServiceInstance> read() {
		List<Path> files = this.directory.files(this.service);
		if (files.size() == RegistryDirectory.MAX_FILES) {
			this.skipped.accept(this.directory.service(this.service).toString(),
					"holds more than %d files; the others are left out".formatted(files.size()));
		}
		Set<String> names = new HashSet<>();
		List<ServiceInstance> alive = new ArrayList<>();
		for (Path file : files) {
			String name = file.getFileName().toString();
			names.add(name);
			Known known = readFile(file, name);
			if (known == null) {
				this.known.remove(name);
			}
			else if (known.isAlive()) {
				alive.add(known.instance());
			}
			else {
				sweep(file, known);
			}
		}
		this.known.keySet().retainAll(names);
		alive.sort(Comparator.comparing(ServiceInstance::id));
		return alive;
	}

	/**
	 * When a living process will be taken for dead unless it says otherwise.
	 * @return from now; at least a little; {@code null} if there is none
	 */
	@Nullable Duration untilNextDeath() {
		return this.known.values()
			.stream()
			.filter(Known::isAlive)
			.map(Known::timeToLive)
			.min(Comparator.naturalOrder())
			.orElse(null);
	}

	private @Nullable Known readFile(Path file, String name) {
		boolean temporary = PrivateFiles.isTemporary(name);
		if (!temporary && !InstanceFile.isFileName(name)) {
			return null;
		}
		try {
			FileTime modified = this.directory.modified(file);
			if (modified == null) {
				return null;
			}
			Known known = this.known.get(name);
			if (known == null) {
				known = new Known(new Heartbeat(modified, this.clock.instant(), this.loop.nanoTime()));
				this.known.put(name, known);
			}
			else if (!known.heartbeat.seen(modified, this.loop.nanoTime())) {
				return known;
			}
			known.file = temporary ? null : open(file, name, modified);
			return known;
		}
		catch (IllegalArgumentException ex) {
			this.skipped.accept(file.toString(), String.valueOf(ex.getMessage()));
			return null;
		}
	}

	private @Nullable InstanceFile open(Path file, String name, FileTime modified) {
		byte[] content = this.directory.read(file, Json.MAX_BYTES);
		if (content == null) {
			return null;
		}
		try {
			return InstanceFile.read(name, this.service, content);
		}
		catch (IllegalArgumentException ex) {
			this.skipped.accept(file + " of " + modified, String.valueOf(ex.getMessage()));
			return null;
		}
	}

	/*
	 * Only what a process of ours left behind, and only after this process itself has
	 * watched it for a while: after a jump of the wall clock a living process's file
	 * looks old until it is touched again. If its process does come back at this very
	 * moment, it finds its file missing and writes it again.
	 */
	private void sweep(Path file, Known known) {
		boolean ours = known.file != null || PrivateFiles.isTemporary(file.getFileName().toString());
		Duration ttl = (known.file != null) ? known.file.ttl() : this.sweepTemporaries;
		long now = this.loop.nanoTime();
		if (!ours || known.heartbeat.watchedUntouched(now).compareTo(ttl) <= 0
				|| known.heartbeat.age(now).compareTo(ttl.plus(GRACE)) <= 0) {
			return;
		}
		if (known.heartbeat.modified().equals(this.directory.modified(file))) {
			logger.debug("Deleting {}, whose process was last seen {} ago", file, known.heartbeat.age(now));
			this.directory.delete(file);
		}
	}

	private final class Known {

		private final Heartbeat heartbeat;

		private @Nullable InstanceFile file;

		Known(Heartbeat heartbeat) {
			this.heartbeat = heartbeat;
		}

		boolean isAlive() {
			return this.file != null && !timeToLive().isNegative();
		}

		ServiceInstance instance() {
			if (this.file == null) {
				throw new IllegalStateException("no instance");
			}
			return this.file.instance();
		}

		Duration timeToLive() {
			Duration ttl = (this.file != null) ? this.file.ttl() : Duration.ZERO;
			return ttl.minus(this.heartbeat.age(ServiceFiles.this.loop.nanoTime()));
		}

	}

}
