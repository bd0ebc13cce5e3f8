package io.github.grpcdiscovery.autoconfigure.netdevh;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.grpc.MetricCollectingServerInterceptor;
import net.devh.boot.grpc.common.util.InterceptorOrder;
import net.devh.boot.grpc.server.autoconfigure.GrpcServerMetricAutoConfiguration;
import net.devh.boot.grpc.server.config.GrpcServerProperties;
import net.devh.boot.grpc.server.interceptor.GrpcGlobalServerInterceptor;
import net.devh.boot.grpc.server.metrics.MetricsServerStreamTracers;
import net.devh.boot.grpc.server.serverfactory.GrpcServerConfigurer;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.Order;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the meters of net.devh's server,
 * in the place of net.devh's own. That one stands after a class which Spring Boot 4 does
 * not have: it comes before the meter registry, Spring warns of it, and without the
 * actuator it ends the start.
 */
@AutoConfiguration(
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
		beforeName = "net.devh.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration")
@ConditionalOnClass({ GrpcServerMetricAutoConfiguration.class, MetricCollectingServerInterceptor.class })
@ConditionalOnBean(MeterRegistry.class)
public final class NetDevhServerMetricsAutoConfiguration {

	@GrpcGlobalServerInterceptor
	@Order(InterceptorOrder.ORDER_TRACING_METRICS)
	@ConditionalOnMissingBean
	MetricCollectingServerInterceptor metricCollectingServerInterceptor(MeterRegistry registry,
			Collection<BindableService> services) {
		MetricCollectingServerInterceptor interceptor = new MetricCollectingServerInterceptor(registry);
		services.forEach(interceptor::preregisterService);
		return interceptor;
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "grpc.metricsA66Enabled", matchIfMissing = true)
	GrpcServerConfigurer streamTracerFactoryConfigurer(MeterRegistry registry) {
		MetricsServerStreamTracers tracers = new MetricsServerStreamTracers();
		return (builder) -> builder.addStreamTracerFactory(tracers.getMetricsServerTracerFactory(registry));
	}

	/** What the endpoint 'info' says of the server. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(InfoContributor.class)
	static class InfoConfiguration {

		@Bean
		@Lazy
		InfoContributor grpcInfoContributor(GrpcServerProperties properties, Collection<BindableService> services) {
			Map<String, Object> details = new LinkedHashMap<>();
			details.put("port", properties.getPort());
			// whoever may not ask by reflection is not told here
			if (properties.isReflectionServiceEnabled()) {
				details.put("services", methods(services));
			}
			return (builder) -> builder.withDetail("grpc.server", details);
		}

		private static Map<String, List<String>> methods(Collection<BindableService> services) {
			Map<String, List<String>> methods = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
			for (BindableService service : services) {
				ServiceDescriptor descriptor = service.bindService().getServiceDescriptor();
				methods.put(descriptor.getName(),
						descriptor.getMethods()
							.stream()
							.map(MethodDescriptor::getBareMethodName)
							.map(String::valueOf)
							.sorted(String.CASE_INSENSITIVE_ORDER)
							.toList());
			}
			return methods;
		}

	}

}
