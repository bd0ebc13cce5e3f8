package io.github.grpcdiscovery.internal.loadbalancing;

import java.io.ByteArrayInputStream;
import java.io.InputStream;

import io.grpc.MethodDescriptor;

/**
 * The request of gRPC's health protocol, without its generated code.
 */
public final class HealthCheck {

	/**
	 * The method. An empty request asks for the health of the server as a whole; the
	 * answer is not read.
	 */
	public static final MethodDescriptor<byte[], byte[]> METHOD = MethodDescriptor.<byte[], byte[]>newBuilder()
		.setType(MethodDescriptor.MethodType.UNARY)
		.setFullMethodName("grpc.health.v1.Health/Check")
		.setSafe(true)
		.setRequestMarshaller(new Bytes())
		.setResponseMarshaller(new Bytes())
		.build();

	private HealthCheck() {
	}

	private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

		@Override
		public InputStream stream(byte[] value) {
			return new ByteArrayInputStream(value);
		}

		@Override
		public byte[] parse(InputStream stream) {
			return new byte[0];
		}

	}

}
