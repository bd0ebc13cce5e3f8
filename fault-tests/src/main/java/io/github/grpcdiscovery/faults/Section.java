package io.github.grpcdiscovery.faults;

/**
 * A section of a page in Markdown, with which two programs can write one page.
 *
 * @param heading the line without {@code ##}
 */
record Section(String heading) {

	/** The page's text below the heading; empty if the page has no such section. */
	String in(String page) {
		int begin = begin(page);
		return (begin < 0) ? "" : page.substring(page.indexOf('\n', begin) + 1, end(page, begin)).strip();
	}

	/**
	 * The page with this text below the heading, at the end if it had no such section.
	 */
	String replaceIn(String page, String text) {
		String section = "## " + this.heading + "\n\n" + text.strip() + "\n";
		int begin = begin(page);
		if (begin < 0) {
			return page.stripTrailing() + "\n\n" + section;
		}
		String rest = page.substring(end(page, begin));
		return page.substring(0, begin) + section + (rest.isEmpty() ? "" : "\n" + rest);
	}

	private int begin(String page) {
		return page.indexOf("## " + this.heading + "\n");
	}

	private static int end(String page, int begin) {
		int next = page.indexOf("\n## ", begin);
		return (next < 0) ? page.length() : next + 1;
	}

}
