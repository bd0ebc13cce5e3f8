package io.github.grpcdiscovery.benchmarks.balancing;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;

/**
 * A listening socket whose connections can be broken at once, as the kernel breaks those
 * of a process that is killed.
 */
final class AbruptServerChannel extends NioServerSocketChannel {

	private final Queue<Channel> connections = new ConcurrentLinkedQueue<>();

	@Override
	protected int doReadMessages(List<Object> accepted) throws Exception {
		int count = super.doReadMessages(accepted);
		for (Object connection : accepted) {
			if (connection instanceof Channel channel && !this.connections.contains(channel)) {
				this.connections.add(channel);
			}
		}
		return count;
	}

	/**
	 * Listens no more and resets all connections, without a word of HTTP/2. Any thread.
	 */
	void kill() {
		close();
		for (Channel connection : this.connections) {
			connection.config().setOption(ChannelOption.SO_LINGER, 0);
			connection.eventLoop().execute(() -> connection.unsafe().closeForcibly());
		}
	}

}
