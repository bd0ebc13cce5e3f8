/**
 * All that knows Spring Boot's own gRPC, and nothing else does.
 */
@NullMarked
package io.github.grpcdiscovery.autoconfigure.springgrpc;

import org.jspecify.annotations.NullMarked;
