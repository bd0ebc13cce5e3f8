package io.github.grpcdiscovery.samples.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

import com.google.protobuf.Message;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.samples.api.GetTagListReply;
import io.github.grpcdiscovery.samples.api.GetTagListRequest;
import io.github.grpcdiscovery.samples.api.GreeterGrpc;
import io.github.grpcdiscovery.samples.api.HelloReply;
import io.github.grpcdiscovery.samples.api.HelloRequest;
import io.github.grpcdiscovery.samples.api.Pager;
import io.github.grpcdiscovery.samples.api.Tag;
import io.github.grpcdiscovery.samples.api.TagServiceGrpc;

/**
 * A server in this process, which answers or fails as told.
 */
final class FakeTagService implements AutoCloseable {

	private final AtomicInteger calls = new AtomicInteger();

	private final Server server;

	private volatile @Nullable Status failure;

	FakeTagService() throws IOException {
		this.server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
			.addService(new Tags())
			.addService(new Greeter())
			.build()
			.start();
	}

	int port() {
		return this.server.getPort();
	}

	/**
	 * From now on every call fails.
	 * @param failure how; {@code null} to answer again
	 */
	void fail(@Nullable Status failure) {
		this.failure = failure;
	}

	int calls() {
		return this.calls.get();
	}

	private <T extends Message> void answer(T answer, StreamObserver<T> observer) {
		this.calls.incrementAndGet();
		Status failure = this.failure;
		if (failure != null) {
			observer.onError(failure.asRuntimeException());
			return;
		}
		observer.onNext(answer);
		observer.onCompleted();
	}

	@Override
	public void close() {
		this.server.shutdownNow();
	}

	private final class Tags extends TagServiceGrpc.TagServiceImplBase {

		@Override
		public void getTagList(GetTagListRequest request, StreamObserver<GetTagListReply> observer) {
			answer(GetTagListReply.newBuilder()
				.addList(Tag.newBuilder().setId(7).setName(request.getName()).setState(request.getState()))
				.setPager(Pager.newBuilder()
					.setPage(request.getPage())
					.setPageSize(request.getPageSize())
					.setTotalRows(1))
				.setServedBy("fake")
				.build(), observer);
		}

	}

	private final class Greeter extends GreeterGrpc.GreeterImplBase {

		@Override
		public void sayHello(HelloRequest request, StreamObserver<HelloReply> observer) {
			answer(HelloReply.newBuilder().setMessage("Hello, " + request.getName()).setServedBy("fake").build(),
					observer);
		}

	}

}
