package io.github.grpcdiscovery.internal.registration;

/**
 * The host that an instance tells its clients to connect to, and why it is that one.
 *
 * @param host IP literal or host name; never a wildcard
 * @param reason for operators, such as {@code POD_IP} or {@code route to 10.0.0.5:2379}
 */
public record AdvertisedAddress(String host, String reason) {
}
