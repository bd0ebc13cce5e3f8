package io.github.grpcdiscovery.benchmarks;

/**
 * One measurement.
 */
@FunctionalInterface
public interface Benchmark {

	/**
	 * Measures, for a minute or a few.
	 * @param options how thoroughly
	 * @return what was found
	 */
	Report run(Options options) throws Exception;

}
