/**
 * What large services cost.
 */
package io.github.grpcdiscovery.benchmarks.scale;
