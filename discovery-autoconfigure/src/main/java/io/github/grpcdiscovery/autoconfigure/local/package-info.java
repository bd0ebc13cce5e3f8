/**
 * Auto-configuration of the embedded registry.
 */
@NullMarked
package io.github.grpcdiscovery.autoconfigure.local;

import org.jspecify.annotations.NullMarked;
