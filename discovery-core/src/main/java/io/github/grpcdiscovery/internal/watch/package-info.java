/**
 * Following services, whatever the registry: one shared watch a service, the last known
 * good list, coalesced updates.
 */
@NullMarked
package io.github.grpcdiscovery.internal.watch;

import org.jspecify.annotations.NullMarked;
