package io.github.grpcdiscovery.samples.server;

import java.time.Duration;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.github.grpcdiscovery.samples.api.GetTagListReply;
import io.github.grpcdiscovery.samples.api.GetTagListRequest;
import io.github.grpcdiscovery.samples.api.Pager;
import io.github.grpcdiscovery.samples.api.Tag;
import io.github.grpcdiscovery.samples.api.TagServiceGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TagGrpcService}.
 */
class TagGrpcServiceTests {

	private InProcess server;

	@BeforeEach
	void start() throws Exception {
		Answers answers = new Answers(new SampleProperties(Duration.ZERO));
		this.server = new InProcess(new TagGrpcService(new TagRepository(), answers));
	}

	@AfterEach
	void stop() throws Exception {
		this.server.close();
	}

	@Test
	void anEmptyRequestGivesTheFirstTenTags() {
		GetTagListReply reply = list(GetTagListRequest.newBuilder());
		assertThat(reply.getListList()).extracting(Tag::getId).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
		assertThat(reply.getPager()).isEqualTo(Pager.newBuilder().setPage(1).setPageSize(10).setTotalRows(25).build());
	}

	@Test
	void theLastPageHoldsTheRest() {
		GetTagListReply reply = list(GetTagListRequest.newBuilder().setPage(3).setPageSize(10));
		assertThat(reply.getListList()).extracting(Tag::getId).containsExactly(21L, 22L, 23L, 24L, 25L);
	}

	@Test
	void aPageBeyondTheLastIsEmptyAndStillCountsAll() {
		GetTagListReply reply = list(GetTagListRequest.newBuilder().setPage(Long.MAX_VALUE).setPageSize(100));
		assertThat(reply.getListList()).isEmpty();
		assertThat(reply.getPager().getTotalRows()).isEqualTo(25);
	}

	@Test
	void theNameIsLookedForInAnyCase() {
		GetTagListReply reply = list(GetTagListRequest.newBuilder().setName("GRPC"));
		assertThat(reply.getListList()).extracting(Tag::getName).containsExactly("gRPC");
		assertThat(reply.getPager().getTotalRows()).isEqualTo(1);
	}

	@Test
	void theStateZeroIsNotTheSameAsNone() {
		assertThat(list(GetTagListRequest.newBuilder().setState(0)).getPager().getTotalRows()).isEqualTo(8);
		assertThat(list(GetTagListRequest.newBuilder().setState(1)).getPager().getTotalRows()).isEqualTo(17);
	}

	@Test
	void saysWhoAnswered() {
		assertThat(list(GetTagListRequest.newBuilder()).getServedBy())
			.endsWith("(pid " + ProcessHandle.current().pid() + ")");
	}

	@Test
	void refusesAnUnknownState() {
		refuses(GetTagListRequest.newBuilder().setState(2), "state: 2 (expected: 0, 1 or unset)");
	}

	@Test
	void refusesAPageBelowZero() {
		refuses(GetTagListRequest.newBuilder().setPage(-1), "page: -1 (expected: 1 or more)");
	}

	@Test
	void refusesAPageSizeOutOfRange() {
		refuses(GetTagListRequest.newBuilder().setPageSize(101), "page_size: 101 (expected: 0 to 100)");
		refuses(GetTagListRequest.newBuilder().setPageSize(-1), "page_size: -1 (expected: 0 to 100)");
		refuses(GetTagListRequest.newBuilder().setPageSize(Long.MAX_VALUE),
				"page_size: 9223372036854775807 (expected: 0 to 100)");
	}

	@Test
	void refusesALongNameWithoutRepeatingIt() {
		refuses(GetTagListRequest.newBuilder().setName("x".repeat(101)),
				"name: 101 characters (expected: at most 100)");
	}

	private void refuses(GetTagListRequest.Builder request, String description) {
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> list(request)).satisfies((ex) -> {
			assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
			assertThat(ex.getStatus().getDescription()).isEqualTo(description);
		});
	}

	private GetTagListReply list(GetTagListRequest.Builder request) {
		return TagServiceGrpc.newBlockingStub(this.server.channel()).getTagList(request.build());
	}

}
