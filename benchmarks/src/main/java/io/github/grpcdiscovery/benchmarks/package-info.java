/**
 * Measurements of the product.
 */
package io.github.grpcdiscovery.benchmarks;
