/**
 * The sample server.
 */
@NullMarked
package io.github.grpcdiscovery.samples.server;

import org.jspecify.annotations.NullMarked;
