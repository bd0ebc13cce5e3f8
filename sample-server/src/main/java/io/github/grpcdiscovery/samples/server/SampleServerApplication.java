package io.github.grpcdiscovery.samples.server;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * A gRPC server of {@code TagService} and {@code Greeter}. Nothing here knows of a
 * registry: the starter registers what {@code @GrpcService} serves.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class SampleServerApplication {

	public static void main(String[] args) {
		SpringApplication.run(SampleServerApplication.class, args);
	}

}
