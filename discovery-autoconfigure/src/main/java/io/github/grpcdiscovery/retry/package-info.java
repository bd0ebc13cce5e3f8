/**
 * Calls that may be made twice survive the death of a server.
 */
@NullMarked
package io.github.grpcdiscovery.retry;

import org.jspecify.annotations.NullMarked;
