/**
 * Which of many instances each client connects to, simulated.
 */
package io.github.grpcdiscovery.benchmarks.subset;
