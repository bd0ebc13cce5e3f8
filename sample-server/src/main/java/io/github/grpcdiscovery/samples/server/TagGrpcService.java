package io.github.grpcdiscovery.samples.server;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import net.devh.boot.grpc.server.service.GrpcService;

import io.github.grpcdiscovery.samples.api.GetTagListReply;
import io.github.grpcdiscovery.samples.api.GetTagListRequest;
import io.github.grpcdiscovery.samples.api.Pager;
import io.github.grpcdiscovery.samples.api.TagServiceGrpc;

/**
 * Lists tags.
 */
@GrpcService
final class TagGrpcService extends TagServiceGrpc.TagServiceImplBase {

	private final TagRepository tags;

	private final Answers answers;

	TagGrpcService(TagRepository tags, Answers answers) {
		this.tags = tags;
		this.answers = answers;
	}

	@Override
	public void getTagList(GetTagListRequest request, StreamObserver<GetTagListReply> observer) {
		TagQuery query;
		try {
			query = TagQuery.of(request);
		}
		catch (IllegalArgumentException ex) {
			observer.onError(Status.INVALID_ARGUMENT.withDescription(ex.getMessage()).asRuntimeException());
			return;
		}
		this.answers.send(GetTagListReply.newBuilder()
			.addAllList(this.tags.find(query))
			.setPager(Pager.newBuilder()
				.setPage(query.page())
				.setPageSize(query.pageSize())
				.setTotalRows(this.tags.count(query)))
			.setServedBy(ServedBy.current())
			.build(), observer);
	}

}
