/**
 * The start of an application with the starter and without.
 */
package io.github.grpcdiscovery.benchmarks.startup;
