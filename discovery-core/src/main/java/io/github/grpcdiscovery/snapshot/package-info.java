/**
 * Lists of instances in files, for a start while the registry is away.
 */
@NullMarked
package io.github.grpcdiscovery.snapshot;

import org.jspecify.annotations.NullMarked;
