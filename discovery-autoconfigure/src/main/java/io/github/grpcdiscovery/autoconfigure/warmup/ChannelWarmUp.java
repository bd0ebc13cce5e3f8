package io.github.grpcdiscovery.autoconfigure.warmup;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.grpc.Channel;
import io.grpc.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

import io.github.grpcdiscovery.autoconfigure.warmup.HealthProbe.Reply;

/**
 * Makes each channel connect and asks one of its servers for its health, all at once,
 * while the application starts: before it takes requests, and so before it calls. The
 * first calls of a JVM load hundreds of classes; calls with a deadline, many at once,
 * would fail of that. A service without instances, or a registry that is away, holds up
 * nobody. Nothing of it fails the start.
 */
final class ChannelWarmUp implements SmartLifecycle {

	/** Before the servers of the application, be they for gRPC or for HTTP. */
	static final int PHASE = Integer.MAX_VALUE - 4096;

	private static final Logger logger = LoggerFactory.getLogger(ChannelWarmUp.class);

	private static final Reply NO_REPLY = new Reply(Status.DEADLINE_EXCEEDED, false);

	private final List<UsedChannels> stacks;

	private final Duration limit;

	private volatile boolean running;

	/**
	 * Creates the warm-up.
	 * @param stacks where channels are
	 * @param limit how long the start may be held up
	 */
	ChannelWarmUp(List<UsedChannels> stacks, Duration limit) {
		this.stacks = stacks;
		this.limit = limit;
	}

	@Override
	public void start() {
		this.running = true;
		if (this.limit.isZero()) {
			return;
		}
		long began = System.nanoTime();
		Map<String, CompletableFuture<Reply>> probes = new LinkedHashMap<>();
		for (UsedChannels stack : this.stacks) {
			for (Map.Entry<String, Channel> channel : stack.channels().entrySet()) {
				probes.put(channel.getKey(), HealthProbe.send(channel.getValue(), this.limit));
			}
		}
		if (!probes.isEmpty() && await(probes)) {
			report(probes, Duration.ofNanos(System.nanoTime() - began));
		}
	}

	// the deadline of the calls ends it too; gRPC may be late by what it has to load
	private boolean await(Map<String, CompletableFuture<Reply>> probes) {
		try {
			CompletableFuture.allOf(probes.values().toArray(CompletableFuture[]::new))
				.get(this.limit.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			logger.debug("Not every channel was connected within {} ms", this.limit.toMillis());
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("a probe never fails", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		return true;
	}

	private void report(Map<String, CompletableFuture<Reply>> probes, Duration took) {
		Map<String, String> notConnected = new TreeMap<>();
		probes.forEach((name, ended) -> {
			Status status = ended.getNow(NO_REPLY).status();
			if (status.getCode() == Status.Code.UNAVAILABLE || status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
				notConnected.put(name, String.valueOf(status.getDescription()));
			}
		});
		logger.debug("{} of {} channels are connected after {} ms", probes.size() - notConnected.size(), probes.size(),
				took.toMillis());
		if (!notConnected.isEmpty()) {
			logger.info("Starting although no server responds yet for {}", notConnected);
		}
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
