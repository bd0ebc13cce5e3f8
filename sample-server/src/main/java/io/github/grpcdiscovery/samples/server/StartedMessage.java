package io.github.grpcdiscovery.samples.server;

import net.devh.boot.grpc.server.event.GrpcServerStartedEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Says where this process serves, since {@code --grpc.server.port=0} takes any free port.
 */
@Component
final class StartedMessage {

	private static final Logger logger = LoggerFactory.getLogger(StartedMessage.class);

	@EventListener
	void started(GrpcServerStartedEvent event) {
		logger.info("Serving on port {} (pid {})", event.getPort(), ProcessHandle.current().pid());
	}

}
