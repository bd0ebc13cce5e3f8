package io.github.grpcdiscovery.benchmarks.peers.app;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import net.devh.boot.grpc.server.service.GrpcService;
import org.springframework.beans.factory.annotation.Value;

/**
 * Answers with the port that it serves on.
 */
@GrpcService
class PeerService implements BindableService {

	private final String port;

	PeerService(@Value("${grpc.server.port}") String port) {
		this.port = port;
	}

	@Override
	public ServerServiceDefinition bindService() {
		return ServerServiceDefinition.builder(Ask.SERVICE)
			.addMethod(Ask.METHOD, ServerCalls.asyncUnaryCall((question, answers) -> {
				answers.onNext(this.port);
				answers.onCompleted();
			}))
			.build();
	}

}
