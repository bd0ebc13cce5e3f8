package io.github.grpcdiscovery.consul;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * One question about a key.
 *
 * @param key the key
 * @param datacenter where it is; {@code null} for the agent's own
 * @param index what we know already: Consul holds the query until it knows more; 0 to be
 * answered at once
 * @param maxWait how long Consul holds the query at most
 */
record KeyRequest(String key, @Nullable String datacenter, long index, Duration maxWait) {
}
