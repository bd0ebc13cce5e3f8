/**
 * A gRPC server that registers itself.
 */
@NullMarked
package io.github.grpcdiscovery.samples.server;

import org.jspecify.annotations.NullMarked;
