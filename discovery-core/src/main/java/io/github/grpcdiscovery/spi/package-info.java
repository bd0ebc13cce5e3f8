/**
 * What the author of a registry implements, and what that needs. Who only uses a registry
 * needs nothing of it.
 */
@NullMarked
package io.github.grpcdiscovery.spi;

import org.jspecify.annotations.NullMarked;
