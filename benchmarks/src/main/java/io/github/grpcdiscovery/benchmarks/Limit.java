package io.github.grpcdiscovery.benchmarks;

/**
 * A promise about a figure, held against the figure.
 *
 * @param what what was promised, with the rule
 * @param measured the figure
 * @param limit the largest figure that keeps the promise
 * @param unit unit of both
 */
public record Limit(String what, double measured, double limit, String unit) {

	/**
	 * Whether the promise is kept.
	 */
	public boolean met() {
		return this.measured <= this.limit;
	}

}
