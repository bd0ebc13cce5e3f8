package io.github.grpcdiscovery.benchmarks.peers;

/**
 * One call that the client made.
 *
 * @param began microseconds since the epoch
 * @param ended microseconds since the epoch
 * @param answered whether a server answered it
 * @param what port of the server that answered, or the status that it failed with
 */
record Call(long began, long ended, boolean answered, String what) {

	/**
	 * Reads a line of the client's output.
	 * @param line such as {@code call 1795270340000000 1795270340000450 answered 21001}
	 */
	static Call parse(String line) {
		String[] parts = line.split(" ");
		return new Call(Long.parseLong(parts[1]), Long.parseLong(parts[2]), parts[3].equals("answered"), parts[4]);
	}

}
