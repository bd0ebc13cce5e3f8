package io.github.grpcdiscovery.autoconfigure.netdevh;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.grpc.MetricCollectingClientInterceptor;
import net.devh.boot.grpc.client.autoconfigure.GrpcClientMetricAutoConfiguration;
import net.devh.boot.grpc.client.interceptor.GrpcGlobalClientInterceptor;
import net.devh.boot.grpc.client.metrics.MetricsClientInterceptor;
import net.devh.boot.grpc.common.util.InterceptorOrder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.core.annotation.Order;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the meters of net.devh's client,
 * in the place of net.devh's own. That one stands after a class which Spring Boot 4 does
 * not have: it comes before the meter registry, and Spring warns of it.
 */
@AutoConfiguration(
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
		beforeName = "net.devh.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration")
@ConditionalOnClass({ GrpcClientMetricAutoConfiguration.class, MetricCollectingClientInterceptor.class })
@ConditionalOnBean(MeterRegistry.class)
public final class NetDevhClientMetricsAutoConfiguration {

	private final GrpcClientMetricAutoConfiguration original = new GrpcClientMetricAutoConfiguration();

	@GrpcGlobalClientInterceptor
	@Order(InterceptorOrder.ORDER_TRACING_METRICS)
	@ConditionalOnMissingBean
	MetricCollectingClientInterceptor metricCollectingClientInterceptor(MeterRegistry registry) {
		return this.original.metricCollectingClientInterceptor(registry);
	}

	@GrpcGlobalClientInterceptor
	@Order(InterceptorOrder.ORDER_TRACING_METRICS)
	@ConditionalOnBooleanProperty(name = "grpc.metricsA66Enabled", matchIfMissing = true)
	@ConditionalOnMissingBean
	MetricsClientInterceptor metricsClientInterceptor(MeterRegistry registry) {
		return this.original.metricsClientInterceptor(registry);
	}

}
