package io.github.grpcdiscovery.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.Registration;
import io.github.grpcdiscovery.ServiceInstance;
import io.github.grpcdiscovery.testsupport.Conditions;
import io.github.grpcdiscovery.testsupport.ManagedProcess;

/**
 * A process that registers one instance and stays until it is ended.
 */
public final class LocalProcess {

	static final Duration TTL = Duration.ofSeconds(4);

	private LocalProcess() {
	}

	static ManagedProcess start(Path directory, ServiceInstance instance) {
		ManagedProcess process = ManagedProcess
			.java("local-" + instance.port(), List.of("-XX:TieredStopAtLevel=1"), LocalProcess.class,
					directory.toString(), instance.service(), String.valueOf(instance.port()))
			.start();
		// a JVM takes its time to start on a busy machine
		Conditions.await(Duration.ofMinutes(3)).until(() -> process.output().contains("registered"));
		return process;
	}

	/**
	 * Registers one instance.
	 * @param args directory, service and port
	 * @throws InterruptedException never in practice
	 */
	public static void main(String[] args) throws InterruptedException {
		LocalSettings settings = new LocalSettings(Path.of(args[0]), TTL, Duration.ofMillis(100));
		LocalRegistry registry = new LocalRegistry(settings, LocalRegistry.DEFAULT_WATCH_SETTINGS,
				DiscoveryObserver.NONE);
		Runtime.getRuntime().addShutdownHook(new Thread(registry::close));
		Registration registration = registry.registrar()
			.register(ServiceInstance.of(args[1], "127.0.0.1", Integer.parseInt(args[2])));
		registration.registered().join();
		System.out.println("registered");
		new CountDownLatch(1).await();
	}

}
