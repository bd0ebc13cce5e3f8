/**
 * Round robin that notices servers which hang.
 */
@NullMarked
package io.github.grpcdiscovery.loadbalancing;

import org.jspecify.annotations.NullMarked;
