package io.github.grpcdiscovery.benchmarks.peers.app;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * A server of one gRPC method, and with {@code peer.rate} a client of it. Nothing in it
 * knows of a registry.
 */
@SpringBootApplication
public class PeerApplication {

	/**
	 * Starts the application.
	 */
	public static void main(String[] args) {
		SpringApplication.run(PeerApplication.class, args);
	}

}
