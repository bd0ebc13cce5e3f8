/**
 * Round robin that notices servers which hang, and says when nobody is there.
 */
@NullMarked
package io.github.grpcdiscovery.internal.loadbalancing;

import org.jspecify.annotations.NullMarked;
