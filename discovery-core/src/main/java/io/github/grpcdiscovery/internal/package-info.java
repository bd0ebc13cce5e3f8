/**
 * For the jars of this project alone, and everything below it: may change at any time.
 */
@NullMarked
package io.github.grpcdiscovery.internal;

import org.jspecify.annotations.NullMarked;
