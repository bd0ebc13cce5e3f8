/**
 * The only concurrency of this project: one thread a registry
 * ({@link io.github.grpcdiscovery.spi.EventLoop}), and on it one way of connecting,
 * losing contact, backing off and being closed ({@link ReconnectLoop}). A registry writes
 * only an {@link io.github.grpcdiscovery.spi.Attempt}.
 */
@NullMarked
package io.github.grpcdiscovery.internal.reconnect;

import org.jspecify.annotations.NullMarked;
