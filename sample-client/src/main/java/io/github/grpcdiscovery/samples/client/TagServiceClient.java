package io.github.grpcdiscovery.samples.client;

import java.util.concurrent.TimeUnit;

import io.grpc.StatusRuntimeException;
import net.devh.boot.grpc.client.inject.GrpcClient;
import org.springframework.stereotype.Service;

import io.github.grpcdiscovery.samples.api.GetTagListReply;
import io.github.grpcdiscovery.samples.api.GetTagListRequest;
import io.github.grpcdiscovery.samples.api.GreeterGrpc.GreeterBlockingStub;
import io.github.grpcdiscovery.samples.api.HelloReply;
import io.github.grpcdiscovery.samples.api.HelloRequest;
import io.github.grpcdiscovery.samples.api.TagServiceGrpc.TagServiceBlockingStub;

/**
 * Calls {@code tag-service}, wherever it runs. No address is written down anywhere.
 */
@Service
@SuppressWarnings("NullAway.Init") // the stubs are set right after the constructor
class TagServiceClient {

	private static final long DEADLINE_SECONDS = 10;

	@GrpcClient("tag-service")
	private TagServiceBlockingStub tags;

	@GrpcClient("tag-service")
	private GreeterBlockingStub greeter;

	private final CallLog calls;

	TagServiceClient(CallLog calls) {
		this.calls = calls;
	}

	/**
	 * Lists tags.
	 * @param request which
	 * @return the tags
	 * @throws StatusRuntimeException if the call failed
	 */
	GetTagListReply getTagList(GetTagListRequest request) {
		CallLog.Call call = this.calls.begin("GetTagList");
		try {
			GetTagListReply reply = this.tags.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS).getTagList(request);
			call.answered(reply.getServedBy());
			return reply;
		}
		catch (StatusRuntimeException ex) {
			call.failed(ex.getStatus());
			throw ex;
		}
	}

	/**
	 * Says hello, and waits for a server if there is none at present.
	 * @param name who greets
	 * @return the greeting
	 * @throws StatusRuntimeException if the call failed
	 */
	HelloReply sayHello(String name) {
		CallLog.Call call = this.calls.begin("SayHello");
		try {
			HelloReply reply = this.greeter.withWaitForReady()
				.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
				.sayHello(HelloRequest.newBuilder().setName(name).build());
			call.answered(reply.getServedBy());
			return reply;
		}
		catch (StatusRuntimeException ex) {
			call.failed(ex.getStatus());
			throw ex;
		}
	}

}
