/**
 * Registers this application's gRPC server while it serves.
 */
@NullMarked
package io.github.grpcdiscovery.autoconfigure.server;

import org.jspecify.annotations.NullMarked;
