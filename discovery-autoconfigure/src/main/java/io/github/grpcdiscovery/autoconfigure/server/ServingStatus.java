package io.github.grpcdiscovery.autoconfigure.server;

import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.protobuf.services.HealthStatusManager;

/**
 * What the gRPC health service says of the server as a whole, whatever stack it is of.
 * Safe for use by any thread.
 */
public final class ServingStatus {

	private final HealthStatusManager health;

	// guarded by this
	private boolean left;

	ServingStatus(HealthStatusManager health) {
		this.health = health;
	}

	/**
	 * Says that the server is leaving. Not the manager's terminal state: a stopped
	 * context may be started again.
	 */
	synchronized void leaving() {
		this.left = true;
		this.health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
				HealthCheckResponse.ServingStatus.NOT_SERVING);
	}

	/**
	 * Takes back {@link #leaving()}.
	 */
	synchronized void started() {
		if (this.left) {
			this.left = false;
			this.health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
					HealthCheckResponse.ServingStatus.SERVING);
		}
	}

	/**
	 * Whether the last that was said is that the server is leaving.
	 * @return {@code false} before the first server has started
	 */
	public synchronized boolean isLeaving() {
		return this.left;
	}

}
