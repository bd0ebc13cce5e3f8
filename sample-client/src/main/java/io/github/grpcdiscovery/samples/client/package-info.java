/**
 * The sample client.
 */
@NullMarked
package io.github.grpcdiscovery.samples.client;

import org.jspecify.annotations.NullMarked;
