package io.github.grpcdiscovery.benchmarks.join;

import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;

import io.github.grpcdiscovery.benchmarks.EchoServer;

/**
 * What Consul's agent asks: well, unwell, or too ill to answer.
 */
final class HealthService {

	private static final MethodDescriptor<byte[], byte[]> CHECK = EchoServer.METHOD.toBuilder()
		.setFullMethodName("grpc.health.v1.Health/Check")
		.build();

	// the field "status" of HealthCheckResponse, as protobuf writes it
	private static final byte[] SERVING = { 0x08, 0x01 };

	private static final byte[] NOT_SERVING = { 0x08, 0x02 };

	private volatile State state = State.SERVING;

	void set(State state) {
		this.state = state;
	}

	ServerServiceDefinition definition() {
		return ServerServiceDefinition.builder("grpc.health.v1.Health")
			.addMethod(CHECK, ServerCalls.asyncUnaryCall((request, answers) -> {
				State now = this.state;
				if (now != State.SILENT) {
					answers.onNext((now == State.SERVING) ? SERVING : NOT_SERVING);
					answers.onCompleted();
				}
			}))
			.build();
	}

	/** What it answers. */
	enum State {

		/** All is well. */
		SERVING,

		/** It says that it is not well. */
		NOT_SERVING,

		/** It says nothing, as a server that hangs. */
		SILENT

	}

}
