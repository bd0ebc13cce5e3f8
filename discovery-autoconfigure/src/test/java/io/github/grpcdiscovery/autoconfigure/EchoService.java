package io.github.grpcdiscovery.autoconfigure;

import io.grpc.stub.StreamObserver;
import net.devh.boot.grpc.server.service.GrpcService;

import io.github.grpcdiscovery.test.echo.EchoGrpc;
import io.github.grpcdiscovery.test.echo.SayReply;
import io.github.grpcdiscovery.test.echo.SayRequest;

/**
 * Answers with what it was asked and its own name.
 */
@GrpcService
public class EchoService extends EchoGrpc.EchoImplBase {

	private final String name;

	public EchoService() {
		this("echo");
	}

	public EchoService(String name) {
		this.name = name;
	}

	@Override
	public void say(SayRequest request, StreamObserver<SayReply> replies) {
		replies.onNext(SayReply.newBuilder().setText(this.name).build());
		replies.onCompleted();
	}

	@Override
	public void look(SayRequest request, StreamObserver<SayReply> replies) {
		say(request, replies);
	}

}
