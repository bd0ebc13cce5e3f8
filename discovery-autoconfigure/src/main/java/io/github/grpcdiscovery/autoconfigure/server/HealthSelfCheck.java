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
import io.github.grpcdiscovery.autoconfigure.warmup.HealthQuestion;
import io.github.grpcdiscovery.autoconfigure.warmup.HealthQuestion.Reply;
import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Asks the server for its health where it listens, and then where clients are told to
 * call it. Only if the first is answered and the second is not, it is the address that is
 * wrong. The first question also loads what the first call of a client would wait for.
 * Any answer of gRPC's counts, also one that refuses.
 */
final class HealthSelfCheck implements SelfCheck {

	private static final Logger logger = LoggerFactory.getLogger(HealthSelfCheck.class);

	/**
	 * How long a question may take. The registration does not wait that long: a JVM that
	 * is still loading is slow, and not unreachable.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(5);

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
		Thread thread = new Thread(() -> {
			try {
				check(listening(server), advertised);
			}
			catch (RuntimeException | LinkageError ex) {
				logger.debug("This server cannot be called by itself", ex);
			}
			finally {
				done.complete(null);
			}
		}, "grpc-discovery-self-check");
		thread.setDaemon(true);
		thread.start();
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
		Reply here = ask(listening);
		if (!here.answered() || advertised.equals(listening)) {
			logger.debug("The server says to itself at {}: {}", listening, here.status());
			return; // of what does not even answer here, silence there says nothing
		}
		Reply there = ask(advertised);
		if (!there.answered() && !isUnknownHost(there.status())) {
			logger
				.warn("The server answers at {}, but not at {}, where clients are told to call it: {} (fix: an address and port "
						+ "that clients can connect to, as grpc.discovery.registration.host and .port, or the firewall; where clients reach "
						+ "it although this machine does not, grpc.discovery.registration.self-check=0)", listening,
						advertised, Printable.of(there.status()));
		}
	}

	private Reply ask(HostAndPort address) {
		// not by a proxy, which may know other addresses than this machine does
		ManagedChannel channel = Grpc.newChannelBuilder("dns:///" + address, credentials())
			.proxyDetector((target) -> null)
			.build();
		try {
			return HealthQuestion.ask(channel, PATIENCE).get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			return new Reply(Status.DEADLINE_EXCEEDED, false);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("a question for health never fails", ex);
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
