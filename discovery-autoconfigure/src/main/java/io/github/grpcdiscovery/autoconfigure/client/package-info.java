/**
 * Lets this application's gRPC channels follow the registries.
 */
@NullMarked
package io.github.grpcdiscovery.autoconfigure.client;

import org.jspecify.annotations.NullMarked;
