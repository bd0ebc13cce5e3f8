/**
 * Injects what {@link io.github.grpcdiscovery.spring.GrpcClient} asks for, on either gRPC
 * stack.
 */
@NullMarked
package io.github.grpcdiscovery.autoconfigure.inject;

import org.jspecify.annotations.NullMarked;
