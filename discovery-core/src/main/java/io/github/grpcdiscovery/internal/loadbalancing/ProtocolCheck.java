package io.github.grpcdiscovery.internal.loadbalancing;

import java.time.Duration;

import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.internal.util.Printable;

/**
 * Whether one server speaks gRPC. A call that ends without anything that is gRPC makes it
 * suspect; a probe then looks at what it answers, since a call's end does not say where
 * its status comes from. A server whose answer is HTTP alone, such as an HTTP port that
 * stands in the registry, is ejected while another speaks gRPC, and probed again each
 * {@link #RETRY}. In the channel's synchronization context, except where it says
 * otherwise.
 */
final class ProtocolCheck {

	/** How long after an answer that is not gRPC it is probed again. */
	static final Duration RETRY = Duration.ofSeconds(5);

	private static final Metadata.Key<String> CONTENT_TYPE = Metadata.Key.of("content-type",
			Metadata.ASCII_STRING_MARSHALLER);

	// grpc-java leaves it among the trailers of a response that is not gRPC, only there
	private static final String HTTP_STATUS = ":status";

	private final BalancerClock clock;

	private final EjectionLog log;

	private final Subject subject;

	// any thread: something that is gRPC came on the present connection
	private volatile boolean spoken;

	// any thread: a call ended without
	private volatile boolean suspect;

	private volatile boolean ejected;

	private @Nullable String httpAnswer;

	private @Nullable LivenessProbe probe;

	private long probeAgainAt;

	private long ejectedAt;

	ProtocolCheck(BalancerClock clock, EjectionLog log, Subject subject) {
		this.clock = clock;
		this.log = log;
		this.subject = subject;
	}

	/** Something that is gRPC came from it. Any thread; all calls come by here. */
	void spoke() {
		if (!this.spoken) {
			this.spoken = true;
		}
	}

	/** A call ended with an error that is not ours. Any thread. */
	void failed() {
		if (!this.spoken && !this.suspect) {
			this.suspect = true;
		}
	}

	/** Whether it gets no calls. Any thread. */
	boolean isEjected() {
		return this.ejected;
	}

	/** Whether its present connection is known to speak gRPC. */
	boolean hasSpoken() {
		return this.spoken;
	}

	/** Another server may listen at the address now. */
	void connected() {
		this.spoken = false;
		this.probeAgainAt = this.clock.nanoTime();
	}

	/**
	 * Probes it if it is due.
	 * @param now the time
	 * @param connection the connection to the server
	 */
	void tick(long now, Channel connection) {
		if (this.httpAnswer != null && this.spoken) {
			uneject();
		}
		boolean due = this.suspect || (this.httpAnswer != null && now - this.probeAgainAt >= 0);
		if (due && this.probe == null) {
			this.suspect = false;
			LivenessProbe probe = new LivenessProbe(now, this.clock.round());
			this.probe = probe;
			probe.probe(connection, new Answer(probe));
		}
		if (this.httpAnswer != null && !this.ejected && this.subject.anotherSpeaksGrpc()) {
			eject(this.httpAnswer);
		}
	}

	private void answered(LivenessProbe probe, Status status, @Nullable Metadata trailers) {
		if (this.probe != probe) {
			return;
		}
		this.probe = null;
		this.probeAgainAt = this.clock.nanoTime() + RETRY.toNanos();
		if (trailers == null) {
			uneject();
		}
		else if (isHttpAlone(trailers)) {
			this.httpAnswer = shortened(status);
			if (!this.ejected && this.subject.anotherSpeaksGrpc()) {
				eject(this.httpAnswer);
			}
		}
		else if (!trailers.keys().isEmpty()) {
			uneject();
		}
		// else the connection broke, which says nothing
	}

	private static boolean isHttpAlone(Metadata trailers) {
		String contentType = trailers.get(CONTENT_TYPE);
		return trailers.keys().contains(HTTP_STATUS)
				|| (contentType != null && !contentType.startsWith("application/grpc"));
	}

	// what follows are headers and the page
	private static String shortened(Status status) {
		String[] lines = String.valueOf(status.getDescription()).split("\n", 3);
		return Printable.of((lines.length > 1) ? lines[0] + ", " + lines[1] : lines[0]);
	}

	private void eject(String answer) {
		this.ejectedAt = this.clock.nanoTime();
		this.ejected = true;
		this.log.speaksNoGrpc(this.subject.name(), answer);
	}

	private void uneject() {
		this.spoken = true;
		this.httpAnswer = null;
		if (this.ejected) {
			this.ejected = false;
			this.log.speaksGrpc(this.subject.name(), this.clock.since(this.ejectedAt));
		}
	}

	/** Forgets what it knows and waits for no answer. */
	void forget() {
		this.ejected = false;
		this.suspect = false;
		this.httpAnswer = null;
		LivenessProbe probe = this.probe;
		this.probe = null;
		if (probe != null) {
			probe.cancel();
		}
	}

	/** Whose protocol it is. In the synchronization context. */
	interface Subject {

		/** The server as an operator knows it. */
		String name();

		/** Whether another server of the channel is known to speak gRPC. */
		boolean anotherSpeaksGrpc();

	}

	/** Any thread. */
	private final class Answer extends ClientCall.Listener<byte[]> {

		private final LivenessProbe probe;

		Answer(LivenessProbe probe) {
			this.probe = probe;
		}

		// are only told of if they are gRPC's
		@Override
		public void onHeaders(Metadata headers) {
			report(Status.OK, null);
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			report(status, trailers);
		}

		private void report(Status status, @Nullable Metadata trailers) {
			ProtocolCheck.this.clock.execute(() -> answered(this.probe, status, trailers));
		}

	}

}
