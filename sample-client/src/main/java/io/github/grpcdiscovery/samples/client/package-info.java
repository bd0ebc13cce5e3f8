/**
 * A gRPC client that finds its server in the registry.
 */
@NullMarked
package io.github.grpcdiscovery.samples.client;

import org.jspecify.annotations.NullMarked;
