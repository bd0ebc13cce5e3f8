/**
 * All that knows net.devh's gRPC, and nothing else does: discovery on it, and what mends
 * it on Spring Boot 4 with or without discovery.
 */
@NullMarked
package io.github.grpcdiscovery.autoconfigure.netdevh;

import org.jspecify.annotations.NullMarked;
