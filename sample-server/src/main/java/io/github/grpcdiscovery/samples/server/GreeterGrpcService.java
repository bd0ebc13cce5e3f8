package io.github.grpcdiscovery.samples.server;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import net.devh.boot.grpc.server.service.GrpcService;

import io.github.grpcdiscovery.samples.api.GreeterGrpc;
import io.github.grpcdiscovery.samples.api.HelloReply;
import io.github.grpcdiscovery.samples.api.HelloRequest;

/**
 * Says hello.
 */
@GrpcService
final class GreeterGrpcService extends GreeterGrpc.GreeterImplBase {

	private static final int MAX_NAME = 100;

	private final Answers answers;

	GreeterGrpcService(Answers answers) {
		this.answers = answers;
	}

	@Override
	public void sayHello(HelloRequest request, StreamObserver<HelloReply> observer) {
		String name = request.getName();
		if (name.isBlank() || name.length() > MAX_NAME) {
			observer.onError(Status.INVALID_ARGUMENT
				.withDescription(
						"name: %d characters (expected: 1 to %d, not all blank)".formatted(name.length(), MAX_NAME))
				.asRuntimeException());
			return;
		}
		this.answers.send(HelloReply.newBuilder()
			.setMessage("Hello, %s!".formatted(name))
			.setServedBy(ServedBy.current())
			.build(), observer);
	}

}
