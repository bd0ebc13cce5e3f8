/**
 * The same application with this starter and as people build it today, in the same
 * troubles.
 */
package io.github.grpcdiscovery.benchmarks.peers;
