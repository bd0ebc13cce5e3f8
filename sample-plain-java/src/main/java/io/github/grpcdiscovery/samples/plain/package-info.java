/**
 * A server and a client on grpc-java and etcd alone, without Spring.
 */
@NullMarked
package io.github.grpcdiscovery.samples.plain;

import org.jspecify.annotations.NullMarked;
