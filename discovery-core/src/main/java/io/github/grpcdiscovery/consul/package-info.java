/**
 * The registry Consul, by way of the agent on this machine or another one.
 */
@NullMarked
package io.github.grpcdiscovery.consul;

import org.jspecify.annotations.NullMarked;
