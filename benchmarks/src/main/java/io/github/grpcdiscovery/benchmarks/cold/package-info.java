/**
 * What becomes of the first calls of a JVM that calls at full rate as soon as it is
 * ready.
 */
package io.github.grpcdiscovery.benchmarks.cold;
