package io.github.grpcdiscovery.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;

/**
 * A gRPC server on loopback with one unary method, which answers with the server's
 * number. Messages are bare bytes, so that as little as possible but gRPC is measured.
 */
public final class EchoServer implements AutoCloseable {

	/** The method. */
	public static final MethodDescriptor<byte[], byte[]> METHOD = MethodDescriptor.<byte[], byte[]>newBuilder()
		.setType(MethodDescriptor.MethodType.UNARY)
		.setFullMethodName("benchmarks.Echo/Say")
		.setRequestMarshaller(new Bytes())
		.setResponseMarshaller(new Bytes())
		.build();

	private final Server server;

	private EchoServer(Server server) {
		this.server = server;
	}

	/**
	 * Starts a server on a free port.
	 * @param number what it answers
	 * @param others what else it serves
	 */
	public static EchoServer start(int number, ServerServiceDefinition... others) {
		try {
			return new EchoServer(NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
				.addService(service(number))
				.addServices(List.of(others))
				.build()
				.start());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The service alone, for another server.
	 * @param number what it answers
	 */
	public static ServerServiceDefinition service(int number) {
		byte[] answer = ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
		return ServerServiceDefinition.builder("benchmarks.Echo")
			.addMethod(METHOD, ServerCalls.asyncUnaryCall((request, answers) -> {
				answers.onNext(answer);
				answers.onCompleted();
			}))
			.build();
	}

	/**
	 * Which server gave an answer.
	 */
	public static int number(byte[] answer) {
		return ByteBuffer.wrap(answer).getInt();
	}

	/**
	 * Where it listens.
	 * @return such as {@code 127.0.0.1:40123}
	 */
	public String address() {
		return "127.0.0.1:" + this.server.getPort();
	}

	@Override
	public void close() {
		this.server.shutdownNow();
	}

	private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

		@Override
		public InputStream stream(byte[] value) {
			return new java.io.ByteArrayInputStream(value);
		}

		@Override
		public byte[] parse(InputStream stream) {
			try {
				return stream.readAllBytes();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
