package io.github.grpcdiscovery.internal.loadbalancing;

/**
 * What part of a channel's calls one server gets, and why.
 *
 * @param server which one
 * @param weight as the registry has it
 * @param warmUp the part of its weight that it has since it is new; 1 for all
 * @param zone the factor of its zone; 0 if its zone gets no calls, 1 if zones do not
 * count
 * @param part from 0 to 1; all servers together have 1
 */
record Share(Server server, int weight, double warmUp, double zone, double part) {
}
