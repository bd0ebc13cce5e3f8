/**
 * The application that is built with each of the peers, from this one source.
 */
package io.github.grpcdiscovery.benchmarks.peers.app;
