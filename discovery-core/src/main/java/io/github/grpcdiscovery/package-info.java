/**
 * The neutral model of gRPC service discovery: what an instance is, how one is kept in a
 * registry and how a list of them is followed. Needs nothing but the JDK.
 */
@NullMarked
package io.github.grpcdiscovery;

import org.jspecify.annotations.NullMarked;
