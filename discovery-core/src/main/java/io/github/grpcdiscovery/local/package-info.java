/**
 * The embedded registry: files in one directory, for several processes on one machine. No
 * server to install, so that samples, demos and tests need none; not for production.
 */
@NullMarked
package io.github.grpcdiscovery.local;

import org.jspecify.annotations.NullMarked;
