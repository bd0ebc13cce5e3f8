/**
 * Lets an application be ready only when it can call: its channels connect while it
 * starts.
 */
@NullMarked
package io.github.grpcdiscovery.autoconfigure.warmup;

import org.jspecify.annotations.NullMarked;
