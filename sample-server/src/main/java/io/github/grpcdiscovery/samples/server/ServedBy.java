package io.github.grpcdiscovery.samples.server;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import net.devh.boot.grpc.server.interceptor.GrpcGlobalServerInterceptor;
import org.jspecify.annotations.Nullable;

/**
 * Knows who answers a call: the address that the client connected to, and this process.
 */
@GrpcGlobalServerInterceptor
final class ServedBy implements ServerInterceptor {

	private static final Context.Key<String> SERVED_BY = Context.key("served-by");

	/**
	 * Who answers the call that the current thread handles.
	 * @return such as {@code 10.0.0.1:9090 (pid 4711)}
	 */
	static String current() {
		String servedBy = SERVED_BY.get();
		return (servedBy != null) ? servedBy : text(null);
	}

	@Override
	public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
			ServerCallHandler<Q, R> next) {
		SocketAddress address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR);
		Context context = Context.current().withValue(SERVED_BY, text(address));
		return Contexts.interceptCall(context, call, headers, next);
	}

	private static String text(@Nullable SocketAddress address) {
		return "%s (pid %d)".formatted((address != null) ? hostAndPort(address) : "in-process",
				ProcessHandle.current().pid());
	}

	private static String hostAndPort(SocketAddress address) {
		if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
			String host = inet.getAddress().getHostAddress();
			return ((host.indexOf(':') >= 0) ? "[" + host + "]" : host) + ":" + inet.getPort();
		}
		return address.toString();
	}

}
