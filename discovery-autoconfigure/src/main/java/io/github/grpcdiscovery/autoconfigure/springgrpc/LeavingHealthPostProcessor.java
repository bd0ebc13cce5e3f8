package io.github.grpcdiscovery.autoconfigure.springgrpc;

import java.util.Set;

import io.grpc.health.v1.HealthCheckResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.grpc.server.health.HealthCheckedGrpcComponent;
import org.springframework.boot.grpc.server.health.HealthCheckedGrpcComponents;
import org.springframework.boot.grpc.server.health.StatusAggregator;
import org.springframework.boot.grpc.server.health.StatusMapper;

import io.github.grpcdiscovery.autoconfigure.server.ServingStatus;

/**
 * With the actuator, Spring Boot writes the health of the application into the gRPC
 * health service every few seconds. Sees to it that a server which is leaving does not
 * say {@code SERVING} again that way.
 */
final class LeavingHealthPostProcessor implements BeanPostProcessor {

	private final ObjectProvider<ServingStatus> servingStatus;

	LeavingHealthPostProcessor(ObjectProvider<ServingStatus> servingStatus) {
		this.servingStatus = servingStatus;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof HealthCheckedGrpcComponents components) ? new Components(components, this.servingStatus)
				: bean;
	}

	private record Components(HealthCheckedGrpcComponents delegate,
			ObjectProvider<ServingStatus> servingStatus) implements HealthCheckedGrpcComponents {

		@Override
		public @Nullable HealthCheckedGrpcComponent getServer() {
			HealthCheckedGrpcComponent server = this.delegate.getServer();
			return (server != null) ? new ServerComponent(server, this.servingStatus) : null;
		}

		@Override
		public Set<String> getServiceNames() {
			return this.delegate.getServiceNames();
		}

		@Override
		public @Nullable HealthCheckedGrpcComponent getService(String serviceName) {
			return this.delegate.getService(serviceName);
		}

	}

	private record ServerComponent(HealthCheckedGrpcComponent delegate,
			ObjectProvider<ServingStatus> servingStatus) implements HealthCheckedGrpcComponent {

		@Override
		public boolean isMember(String healthContributorName) {
			return this.delegate.isMember(healthContributorName);
		}

		@Override
		public StatusAggregator getStatusAggregator() {
			return this.delegate.getStatusAggregator();
		}

		@Override
		public StatusMapper getStatusMapper() {
			StatusMapper mapper = this.delegate.getStatusMapper();
			return (status) -> isLeaving() ? HealthCheckResponse.ServingStatus.NOT_SERVING
					: mapper.getServingStatus(status);
		}

		private boolean isLeaving() {
			ServingStatus current = this.servingStatus.getIfAvailable();
			return current != null && current.isLeaving();
		}

	}

}
