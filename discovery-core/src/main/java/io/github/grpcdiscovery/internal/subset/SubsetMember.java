package io.github.grpcdiscovery.internal.subset;

import org.jspecify.annotations.Nullable;

/**
 * An instance that a client may connect to.
 *
 * @param id names it among all of its service
 * @param weight its share of the calls relative to others; 0 for none
 * @param slot its number among the instances of its service, from 0; {@code null} if it
 * has none. Others may have written it: a number that cannot be is as good as none
 */
public record SubsetMember(String id, int weight, @Nullable Integer slot) {
}
