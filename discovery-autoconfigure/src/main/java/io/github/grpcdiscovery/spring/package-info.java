/**
 * What the source of a Spring application names.
 */
@NullMarked
package io.github.grpcdiscovery.spring;

import org.jspecify.annotations.NullMarked;
