/**
 * Which test proves which row of the catalogue of faults and bad input, and what it
 * measured.
 */
@NullMarked
package io.github.grpcdiscovery.testsupport.reliability;

import org.jspecify.annotations.NullMarked;
