/**
 * Which of many instances of a service a client connects to.
 */
@NullMarked
package io.github.grpcdiscovery.internal.subset;

import org.jspecify.annotations.NullMarked;
