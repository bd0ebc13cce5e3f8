package io.github.grpcdiscovery.autoconfigure.server;

import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;

/**
 * What net.devh's gRPC health service says of the server as a whole.
 */
final class NetDevhServingStatus {

	private final HealthStatusManager health;

	private boolean left;

	NetDevhServingStatus(HealthStatusManager health) {
		this.health = health;
	}

	/**
	 * Says that the server is leaving. Not the manager's terminal state: a stopped
	 * context may be started again.
	 */
	synchronized void leaving() {
		this.left = true;
		this.health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
	}

	/**
	 * Takes back {@link #leaving()}.
	 */
	synchronized void started() {
		if (this.left) {
			this.left = false;
			this.health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
		}
	}

}
