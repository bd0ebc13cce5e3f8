/**
 * What a server that is killed costs, against a Go client that calls the same servers.
 */
package io.github.grpcdiscovery.benchmarks.kill;
