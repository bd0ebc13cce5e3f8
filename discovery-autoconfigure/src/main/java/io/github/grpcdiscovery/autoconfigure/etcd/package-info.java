/**
 * Auto-configuration of the etcd registry.
 */
@NullMarked
package io.github.grpcdiscovery.autoconfigure.etcd;

import org.jspecify.annotations.NullMarked;
