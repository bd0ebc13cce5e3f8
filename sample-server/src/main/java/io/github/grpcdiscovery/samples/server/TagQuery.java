package io.github.grpcdiscovery.samples.server;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.github.grpcdiscovery.samples.api.GetTagListRequest;
import io.github.grpcdiscovery.samples.api.Tag;

/**
 * Which tags are wanted, checked.
 *
 * @param name part of the name, in any case; empty for all
 * @param state 0 off, 1 on, {@code null} for both
 * @param page number of the page, from 1
 * @param pageSize tags on a page, 1 to {@value #MAX_PAGE_SIZE}
 */
record TagQuery(String name, @Nullable Integer state, long page, int pageSize) {

	private static final int MAX_NAME = 100;

	private static final int MAX_PAGE_SIZE = 100;

	private static final int DEFAULT_PAGE_SIZE = 10;

	TagQuery {
		require(name.length() <= MAX_NAME, "name", name.length() + " characters", "at most " + MAX_NAME);
		require(state == null || state == 0 || state == 1, "state", state, "0, 1 or unset");
		require(page >= 1, "page", page, "1 or more");
		require(pageSize >= 1 && pageSize <= MAX_PAGE_SIZE, "page_size", pageSize, "1 to " + MAX_PAGE_SIZE);
	}

	/**
	 * Reads a request.
	 * @param request what a client asks for
	 * @return the query
	 * @throws IllegalArgumentException naming the field, its value and its rule
	 */
	static TagQuery of(GetTagListRequest request) {
		long pageSize = request.getPageSize();
		require(pageSize >= 0 && pageSize <= MAX_PAGE_SIZE, "page_size", pageSize, "0 to " + MAX_PAGE_SIZE);
		return new TagQuery(request.getName(), request.hasState() ? request.getState() : null,
				(request.getPage() != 0) ? request.getPage() : 1, (pageSize != 0) ? (int) pageSize : DEFAULT_PAGE_SIZE);
	}

	boolean matches(Tag tag) {
		return (this.state == null || this.state == tag.getState())
				&& tag.getName().toLowerCase(Locale.ROOT).contains(this.name.toLowerCase(Locale.ROOT));
	}

	/**
	 * How many tags are on the pages before this one.
	 * @return never overflows, whatever page was asked for
	 */
	long offset() {
		return (this.page - 1 <= Long.MAX_VALUE / this.pageSize) ? (this.page - 1) * this.pageSize : Long.MAX_VALUE;
	}

	private static void require(boolean condition, String field, @Nullable Object value, String rule) {
		if (!condition) {
			throw new IllegalArgumentException("%s: %s (expected: %s)".formatted(field, value, rule));
		}
	}

}
