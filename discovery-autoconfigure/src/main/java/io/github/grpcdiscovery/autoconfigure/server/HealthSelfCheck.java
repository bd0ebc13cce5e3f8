package io.github.grpcdiscovery.autoconfigure.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.github.grpcdiscovery.HostAndPort;
import io.github.grpcdiscovery.autoconfigure.warmup.HealthProbe;
import io.github.grpcdiscovery.autoconfigure.warmup.HealthProbe.Reply;
import io.github.grpcdiscovery.internal.util.DaemonThreads;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Asks the server for its health where it listens, and then at the address to register.
 * Only if the first is answered and the second is not, it is the address that is wrong.
 * The first question also loads what the first call of a client would wait for. Any
 * answer of gRPC's counts, also one that refuses.
 */
final class HealthSelfCheck implements SelfCheck {

	private static final Logger logger = LoggerFactory.getLogger(HealthSelfCheck.class);

	/**
	 * How long a question may take. The registration does not wait that long: a JVM that
	 * is still loading is slow, and not unreachable.
	 */
	private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);

	private final Duration limit;

	private final BooleanSupplier tls;

	/**
	 * Creates it.
	 * @param limit how long a registration waits for it; 0 asks nothing
	 * @param tls whether the server speaks TLS; asked when a server has started
	 */
	HealthSelfCheck(Duration limit, BooleanSupplier tls) {
		this.limit = limit;
		this.tls = tls;
	}

	@Override
	public CompletableFuture<?> start(RunningServer server, HostAndPort advertised) {
		if (this.limit.isZero()) {
			return CompletableFuture.completedFuture(null);
		}
		CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
		// the application's own thread goes on starting it meanwhile
		DaemonThreads.of(() -> {
			try {
				check(listening(server), advertised);
			}
			catch (RuntimeException | LinkageError ex) {
				logger.debug("Could not run the self-check", ex);
			}
			finally {
				done.complete(null);
			}
		}, "grpc-discovery-self-check").start();
		return done.completeOnTimeout(null, this.limit.toNanos(), TimeUnit.NANOSECONDS);
	}

	private static HostAndPort listening(RunningServer server) {
		String address = server.address();
		boolean onAll = address == null || address.isBlank() || address.equals("*")
				|| new HostAndPort(address, server.port()).isWildcard();
		return new HostAndPort(onAll ? InetAddress.getLoopbackAddress().getHostAddress() : Objects.toString(address),
				server.port());
	}

	private void check(HostAndPort listening, HostAndPort advertised) {
		Reply here = probe(listening);
		if (!here.answered() || advertised.equals(listening)) {
			logger.debug("Self-check at {}: {}", listening, here.status());
			return; // of what does not even answer here, silence there says nothing
		}
		Reply there = probe(advertised);
		if (!there.answered() && !isUnknownHost(there.status())) {
			logger.warn("The server responds at {}, but not at {}, the address to register: {} (fix: set "
					+ "grpc.discovery.registration.host and .port to an address that clients can connect to, or open the "
					+ "firewall; if clients reach it and only this machine does not, set "
					+ "grpc.discovery.registration.self-check=0)", listening, advertised, Printable.of(there.status()));
		}
	}

	private Reply probe(HostAndPort address) {
		// not by a proxy, which may know other addresses than this machine does
		ManagedChannel channel = Grpc.newChannelBuilder("dns:///" + address, credentials())
			.proxyDetector((target) -> null)
			.build();
		try {
			return HealthProbe.send(channel, PROBE_TIMEOUT).get(PROBE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			return new Reply(Status.DEADLINE_EXCEEDED, false);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("a probe never fails", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new Reply(Status.CANCELLED, false);
		}
		finally {
			channel.shutdownNow();
		}
	}

	private ChannelCredentials credentials() {
		return this.tls.getAsBoolean() ? TlsChannelCredentials.newBuilder().trustManager(new AnyCertificate()).build()
				: InsecureChannelCredentials.create();
	}

	// it is warned of where the address is chosen
	private static boolean isUnknownHost(Status status) {
		return Stream.iterate(status.getCause(), Objects::nonNull, Throwable::getCause)
			.limit(10)
			.anyMatch(UnknownHostException.class::isInstance);
	}

}
