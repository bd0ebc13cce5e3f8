package io.github.grpcdiscovery.benchmarks;

import java.io.IOException;

import org.openjdk.jmh.Main;

/**
 * Runs the benchmarks of this jar; the arguments are JMH's.
 */
public final class Benchmarks {

	private Benchmarks() {
	}

	public static void main(String[] args) throws IOException {
		Main.main(args);
	}

}
