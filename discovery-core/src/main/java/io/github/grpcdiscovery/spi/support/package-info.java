/**
 * Makes a registry of what its author implements in the package {@code spi}.
 */
@NullMarked
package io.github.grpcdiscovery.spi.support;

import org.jspecify.annotations.NullMarked;
