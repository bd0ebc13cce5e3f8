/**
 * Auto-configuration for Spring Boot: which registries there are, and which one is meant.
 */
@NullMarked
package io.github.grpcdiscovery.autoconfigure;

import org.jspecify.annotations.NullMarked;
