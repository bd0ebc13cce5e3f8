package io.github.grpcdiscovery.samples.client;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntSupplier;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Counts calls and prints lines of JSON. Safe for use by any thread.
 */
@Component
class LoadReport {

	private final IntSupplier instances;

	private final Clock clock;

	private final PrintStream out;

	private final JsonMapper json = JsonMapper.shared();

	// all below: guarded by this

	private final Map<Kind, Integer> answered = new TreeMap<>();

	private final Map<Kind, Integer> failed = new TreeMap<>();

	private final Map<Kind, Integer> underWay = new TreeMap<>();

	private final Map<String, Integer> served = new TreeMap<>();

	private final Set<String> servers = new HashSet<>();

	private long slowestMillis;

	@Autowired
	LoadReport(KnownInstances known) {
		this(() -> known.instances().size(), Clock.systemUTC(), System.out);
	}

	LoadReport(IntSupplier instances, Clock clock, PrintStream out) {
		this.instances = instances;
		this.clock = clock;
		this.out = out;
	}

	/**
	 * A call begins.
	 * @param kind what kind of call
	 * @return told how it ended
	 */
	synchronized Call begin(Kind kind) {
		this.underWay.merge(kind, 1, Integer::sum);
		return new Call(kind, this.clock.millis(), System.nanoTime());
	}

	/**
	 * Prints what ended since the last time, and begins anew.
	 */
	void second() {
		this.out.println(this.json.writeValueAsString(takeSecond()));
	}

	private synchronized Map<String, Object> takeSecond() {
		Map<String, Object> second = new LinkedHashMap<>();
		second.put("time", this.clock.millis());
		second.put("instances", this.instances.getAsInt());
		second.put("plainAnswered", this.answered.getOrDefault(Kind.PLAIN, 0));
		second.put("plainFailed", this.failed.getOrDefault(Kind.PLAIN, 0));
		second.put("waitForReadyAnswered", this.answered.getOrDefault(Kind.WAIT_FOR_READY, 0));
		second.put("waitForReadyFailed", this.failed.getOrDefault(Kind.WAIT_FOR_READY, 0));
		second.put("plainUnderWay", this.underWay.getOrDefault(Kind.PLAIN, 0));
		second.put("waitForReadyUnderWay", this.underWay.getOrDefault(Kind.WAIT_FOR_READY, 0));
		second.put("slowestMillis", this.slowestMillis);
		second.put("served", new TreeMap<>(this.served));
		this.answered.clear();
		this.failed.clear();
		this.served.clear();
		this.slowestMillis = 0;
		return second;
	}

	/** What kind of call. */
	enum Kind {

		/** Fails when there is no server. */
		PLAIN,

		/** Waits when there is no server. */
		WAIT_FOR_READY

	}

	/** One call under way. */
	final class Call {

		private final Kind kind;

		private final long began;

		private final long beganNanos;

		private Call(Kind kind, long began, long beganNanos) {
			this.kind = kind;
			this.began = began;
			this.beganNanos = beganNanos;
		}

		/**
		 * The call was answered, and the first answer of each server is printed.
		 * @param servedBy by whom
		 */
		void answered(String servedBy) {
			if (ended(servedBy)) {
				Map<String, Object> first = new LinkedHashMap<>();
				first.put("firstAnswer", servedBy);
				first.put("time", LoadReport.this.clock.millis());
				LoadReport.this.out.println(LoadReport.this.json.writeValueAsString(first));
			}
		}

		/**
		 * The call failed, which is printed.
		 * @param status how
		 * @param server which server it was sent to; empty if to none
		 */
		void failed(Status status, String server) {
			ended(null);
			Map<String, Object> failure = new LinkedHashMap<>();
			failure.put("failed", this.kind);
			failure.put("began", this.began);
			failure.put("ended", LoadReport.this.clock.millis());
			failure.put("server", server);
			failure.put("status", status.getCode());
			failure.put("description", String.valueOf(status.getDescription()));
			LoadReport.this.out.println(LoadReport.this.json.writeValueAsString(failure));
		}

		private boolean ended(@Nullable String servedBy) {
			long millis = Duration.ofNanos(System.nanoTime() - this.beganNanos).toMillis();
			synchronized (LoadReport.this) {
				LoadReport.this.underWay.merge(this.kind, -1, Integer::sum);
				if (servedBy != null) {
					LoadReport.this.answered.merge(this.kind, 1, Integer::sum);
					LoadReport.this.served.merge(servedBy, 1, Integer::sum);
					LoadReport.this.slowestMillis = Math.max(LoadReport.this.slowestMillis, millis);
					return LoadReport.this.servers.add(servedBy);
				}
				LoadReport.this.failed.merge(this.kind, 1, Integer::sum);
				return false;
			}
		}

	}

}
