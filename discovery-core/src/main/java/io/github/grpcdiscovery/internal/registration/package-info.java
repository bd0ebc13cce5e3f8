/**
 * Keeping instances registered, whatever the registry: what is wanted against what is
 * there, until closed.
 */
@NullMarked
package io.github.grpcdiscovery.internal.registration;

import org.jspecify.annotations.NullMarked;
