/**
 * The only concurrency of this project: one thread a registry ({@link EventLoop}), and on
 * it one way of connecting, losing contact, backing off and being closed
 * ({@link ReconnectLoop}). A registry writes only an {@link Attempt}.
 */
@NullMarked
package io.github.grpcdiscovery.reconnect;

import org.jspecify.annotations.NullMarked;
