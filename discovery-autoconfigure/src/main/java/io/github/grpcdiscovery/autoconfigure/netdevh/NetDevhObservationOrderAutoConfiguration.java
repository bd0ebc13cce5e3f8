package io.github.grpcdiscovery.autoconfigure.netdevh;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that stands between others:
 * net.devh's traces ask for a registry that Spring Boot 4 configures in a class of
 * another name than the one net.devh 3.1.0 waits for.
 */
@AutoConfiguration(
		afterName = {
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
				"org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration" },
		beforeName = { "net.devh.boot.grpc.client.autoconfigure.GrpcClientMicrometerTraceAutoConfiguration",
				"net.devh.boot.grpc.server.autoconfigure.GrpcServerMicrometerTraceAutoConfiguration" })
@ConditionalOnClass(name = { "net.devh.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration",
		"org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration" })
public final class NetDevhObservationOrderAutoConfiguration {

}
