package io.github.grpcdiscovery.resolver;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.util.ReferenceCountUtil;

/**
 * Speaks HTTP/2 without TLS, as Tomcat does with {@code server.http2.enabled=true}, and
 * answers each request with a page of HTML.
 */
class HttpServer implements AutoCloseable {

	private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final AtomicInteger requests = new AtomicInteger();

	private final Channel channel;

	HttpServer(String status) {
		this.channel = new ServerBootstrap().group(this.group)
			.channel(NioServerSocketChannel.class)
			.childHandler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel connection) {
					connection.pipeline()
						.addLast(Http2FrameCodecBuilder.forServer().build(),
								new Http2MultiplexHandler(new Page(status)));
				}

			})
			.bind(new InetSocketAddress("127.0.0.1", 0))
			.syncUninterruptibly()
			.channel();
	}

	int port() {
		return ((InetSocketAddress) this.channel.localAddress()).getPort();
	}

	int requests() {
		return this.requests.get();
	}

	@Override
	public void close() {
		this.channel.close().syncUninterruptibly();
		this.group.shutdownGracefully();
	}

	private final class Page extends ChannelInitializer<Channel> {

		private final String status;

		Page(String status) {
			this.status = status;
		}

		@Override
		protected void initChannel(Channel stream) {
			stream.pipeline().addLast(new ChannelInboundHandlerAdapter() {

				@Override
				public void channelRead(ChannelHandlerContext context, Object frame) {
					if (frame instanceof Http2HeadersFrame) {
						HttpServer.this.requests.incrementAndGet();
						context.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status(Page.this.status)
							.set("content-type", "text/html;charset=utf-8")));
						context.writeAndFlush(new DefaultHttp2DataFrame(
								Unpooled.copiedBuffer("<h1>Not here</h1>", StandardCharsets.UTF_8), true));
					}
					ReferenceCountUtil.release(frame);
				}

			});
		}

	}

}
