/**
 * The catalogue of faults and bad input that the project answers for, and the table of
 * what became of each.
 */
@NullMarked
package io.github.grpcdiscovery.faults;

import org.jspecify.annotations.NullMarked;
