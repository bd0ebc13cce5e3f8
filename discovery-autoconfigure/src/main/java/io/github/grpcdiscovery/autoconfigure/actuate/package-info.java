/**
 * Health, endpoint and meters, with Spring Boot's actuator.
 */
@NullMarked
package io.github.grpcdiscovery.autoconfigure.actuate;

import org.jspecify.annotations.NullMarked;
