/**
 * Real registries, faults and time, as verbs that a test can call: {@code etcd.kill()},
 * {@code proxy.freeze()}, {@code scheduler.advance(..)}.
 * <p>
 * Everything listens on the loopback address only, writes into temporary directories only
 * and dies with the JVM. A verb returns once it has taken effect. What is missing or does
 * not come up is an {@link java.lang.IllegalStateException} that says what to do; nothing
 * is ever skipped.
 */
@NullMarked
package io.github.grpcdiscovery.testsupport;

import org.jspecify.annotations.NullMarked;
