package io.github.grpcdiscovery.samples.client;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Grpc;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Remembers one call, to tell which server it was sent to.
 */
final class Peer implements ClientInterceptor {

	private volatile @Nullable ClientCall<?, ?> call;

	@Override
	public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
		ClientCall<Q, R> call = next.newCall(method, options);
		this.call = call;
		return call;
	}

	/**
	 * The server that the call was sent to. To be asked only once the call has ended.
	 * @return {@code host:port}, or an empty text if it never left this process
	 */
	String address() {
		ClientCall<?, ?> call = this.call;
		SocketAddress address = (call != null) ? call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) : null;
		if (address instanceof InetSocketAddress inet) {
			return inet.getAddress().getHostAddress() + ":" + inet.getPort();
		}
		return "";
	}

}
