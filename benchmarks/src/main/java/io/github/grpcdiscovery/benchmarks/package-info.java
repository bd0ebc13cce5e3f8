/**
 * Measurements of the product: each holds a figure against a floor or a peer that is
 * measured in the same run.
 */
package io.github.grpcdiscovery.benchmarks;
