/**
 * Small rules that have one home: durations, printable text, owners of files.
 */
@NullMarked
package io.github.grpcdiscovery.internal.util;

import org.jspecify.annotations.NullMarked;
