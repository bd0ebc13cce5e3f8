/**
 * How a load balancing policy shares out the calls, against grpc-java's own.
 */
package io.github.grpcdiscovery.benchmarks.balancing;
