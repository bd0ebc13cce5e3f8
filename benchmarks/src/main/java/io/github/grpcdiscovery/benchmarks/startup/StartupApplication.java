package io.github.grpcdiscovery.benchmarks.startup;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import net.devh.boot.grpc.server.service.GrpcService;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

import io.github.grpcdiscovery.benchmarks.EchoServer;

/**
 * The application whose start is measured: one gRPC service and nothing that knows of
 * discovery. It is packaged twice, with the starter and without.
 */
@SpringBootApplication
public class StartupApplication {

	/**
	 * Starts the application.
	 */
	public static void main(String[] args) {
		SpringApplication.run(StartupApplication.class, args);
	}

	/** The service. */
	@GrpcService
	static class Echo implements BindableService {

		@Override
		public ServerServiceDefinition bindService() {
			return EchoServer.service(0);
		}

	}

}
