/**
 * A call over a discovered channel against one over a static channel.
 */
package io.github.grpcdiscovery.benchmarks.unary;
