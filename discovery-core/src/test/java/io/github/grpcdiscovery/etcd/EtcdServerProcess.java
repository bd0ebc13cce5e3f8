package io.github.grpcdiscovery.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.testsupport.ManagedProcess;
import io.github.grpcdiscovery.testsupport.ManagedProcessBuilder;

/**
 * A JVM of its own that registers one instance, to be paused, killed or given another
 * clock.
 */
public final class EtcdServerProcess {

	// no part of any line that is logged
	private static final String READY = "-- is in etcd --";

	private EtcdServerProcess() {
	}

	static ManagedProcess start(URI endpoint, Duration ttl, ServiceInstance instance, Map<String, String> environment) {
		ManagedProcessBuilder builder = ManagedProcess.java("etcd-" + instance.port(),
				List.of("-XX:TieredStopAtLevel=1"), EtcdServerProcess.class, endpoint.toString(),
				String.valueOf(ttl.toSeconds()), instance.service(), String.valueOf(instance.port()));
		environment.forEach(builder::environment);
		ManagedProcess process = builder.start();
		process.waitForLine(READY);
		return process;
	}

	/**
	 * Registers one instance.
	 * @param args endpoint, TTL in seconds, service and port
	 * @throws InterruptedException never in practice
	 */
	public static void main(String[] args) throws InterruptedException {
		EtcdProcess process = new EtcdProcess(
				EtcdSettings.builder(URI.create(args[0])).ttl(Duration.ofSeconds(Long.parseLong(args[1]))).build());
		Runtime.getRuntime().addShutdownHook(new Thread(process::close));
		process.registered(ServiceInstance.of(args[2], "127.0.0.1", Integer.parseInt(args[3])));
		System.out.println(READY);
		tellHowTheClockMoves();
		new CountDownLatch(1).await();
	}

	private static void tellHowTheClockMoves() {
		long start = clockAgainstMonotonicMillis();
		long[] last = new long[1];
		ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
		timer.scheduleWithFixedDelay(() -> {
			long moved = Math.round((clockAgainstMonotonicMillis() - start) / 10_000.0) * 10;
			if (moved != last[0]) {
				last[0] = moved;
				System.out.println("clock moved to %+d s".formatted(moved));
			}
		}, 100, 100, TimeUnit.MILLISECONDS);
	}

	private static long clockAgainstMonotonicMillis() {
		return System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
	}

}
