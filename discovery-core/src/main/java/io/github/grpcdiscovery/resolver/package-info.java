/**
 * Hands the followed instances to gRPC channels: name resolvers for the schemes
 * {@code discovery}, {@code etcd}, {@code consul} and {@code local}.
 */
@NullMarked
package io.github.grpcdiscovery.resolver;

import org.jspecify.annotations.NullMarked;
