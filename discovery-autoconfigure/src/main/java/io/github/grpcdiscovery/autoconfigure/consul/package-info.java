/**
 * Auto-configuration of the Consul registry.
 */
@NullMarked
package io.github.grpcdiscovery.autoconfigure.consul;

import org.jspecify.annotations.NullMarked;
