package io.github.grpcdiscovery.samples.client;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import io.github.grpcdiscovery.samples.api.GetTagListReply;
import io.github.grpcdiscovery.samples.api.GetTagListRequest;
import io.github.grpcdiscovery.samples.api.HelloReply;

/**
 * The two services over HTTP.
 */
@RestController
class SampleController {

	private final TagServiceClient client;

	SampleController(TagServiceClient client) {
		this.client = client;
	}

	@GetMapping("/hello")
	Greeting hello(@RequestParam(defaultValue = "World") String name) {
		HelloReply reply = this.client.sayHello(name);
		return new Greeting(reply.getMessage(), reply.getServedBy());
	}

	@GetMapping("/tags")
	TagList tags(@RequestParam(defaultValue = "") String name, @RequestParam(required = false) @Nullable Integer state,
			@RequestParam(defaultValue = "1") long page, @RequestParam(defaultValue = "10") long pageSize) {
		GetTagListRequest.Builder request = GetTagListRequest.newBuilder()
			.setName(name)
			.setPage(page)
			.setPageSize(pageSize);
		if (state != null) {
			request.setState(state);
		}
		return TagList.of(this.client.getTagList(request.build()));
	}

	record Greeting(String message, String servedBy) {
	}

	record TagList(List<Tag> list, Pager pager, String servedBy) {

		static TagList of(GetTagListReply reply) {
			List<Tag> list = reply.getListList()
				.stream()
				.map((tag) -> new Tag(tag.getId(), tag.getName(), tag.getState()))
				.toList();
			Pager pager = new Pager(reply.getPager().getPage(), reply.getPager().getPageSize(),
					reply.getPager().getTotalRows());
			return new TagList(list, pager, reply.getServedBy());
		}

	}

	record Tag(long id, String name, int state) {
	}

	record Pager(long page, long pageSize, long totalRows) {
	}

}
