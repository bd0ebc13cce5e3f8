/**
 * Mends what net.devh needs on Spring Boot 4, with or without discovery.
 */
@NullMarked
package io.github.grpcdiscovery.autoconfigure.netdevh;

import org.jspecify.annotations.NullMarked;
