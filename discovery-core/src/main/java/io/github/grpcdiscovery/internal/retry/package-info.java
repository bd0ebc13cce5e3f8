/**
 * Calls that may be made twice survive the death of a server.
 */
@NullMarked
package io.github.grpcdiscovery.internal.retry;

import org.jspecify.annotations.NullMarked;
