package io.github.grpcdiscovery.faults;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;

import io.github.grpcdiscovery.Backoff;
import io.github.grpcdiscovery.DiscoveryObserver;
import io.github.grpcdiscovery.WatchSettings;
import io.github.grpcdiscovery.etcd.EtcdRegistry;
import io.github.grpcdiscovery.etcd.EtcdSettings;
import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayRequest;
import io.github.grpcdiscovery.testsupport.ManagedProcess;

/**
 * A process that calls echo fifty times a second and prints what became of each call. It
 * looks up host names in a file of the test, and keeps them as long as any JVM does.
 */
public final class CallingProcess {

	// its first call makes all classes of gRPC known: on a busy machine that takes
	// seconds
	private static final int DEADLINE_SECONDS = 20;

	private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(20);

	private CallingProcess() {
	}

	static ManagedProcess start(URI etcd, Path hosts) {
		return ManagedProcess
			.java("caller", List.of("-XX:TieredStopAtLevel=1", "-Djdk.net.hosts.file=" + hosts), CallingProcess.class,
					etcd.toString())
			.start();
	}

	/**
	 * Calls until the process ends.
	 * @param args the endpoint of etcd
	 */
	public static void main(String[] args) {
		EtcdRegistry registry = new EtcdRegistry(EtcdSettings.of(URI.create(args[0])), WatchSettings.DEFAULT,
				Backoff.DEFAULT, DiscoveryObserver.NONE);
		ManagedChannel channel = FaultRegistry.channelBuilder(registry).build();
		EchoGrpc.EchoBlockingStub echo = EchoGrpc.newBlockingStub(channel);
		while (true) {
			try {
				System.out.println("answered: " + call(echo));
			}
			catch (StatusRuntimeException ex) {
				System.out.println("failed: " + ex.getStatus());
			}
			LockSupport.parkNanos(INTERVAL);
		}
	}

	private static String call(EchoGrpc.EchoBlockingStub echo) {
		return echo.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
			.say(SayRequest.getDefaultInstance())
			.getText();
	}

}
