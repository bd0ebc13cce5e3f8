/**
 * Reading what others wrote into a registry, with limits, and writing for others to read.
 * Shared by the registries, which do not see one another.
 */
@NullMarked
package io.github.grpcdiscovery.internal.codec;

import org.jspecify.annotations.NullMarked;
