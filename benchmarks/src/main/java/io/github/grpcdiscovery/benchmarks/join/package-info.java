/**
 * From a key put to the first call on the new instance.
 */
package io.github.grpcdiscovery.benchmarks.join;
