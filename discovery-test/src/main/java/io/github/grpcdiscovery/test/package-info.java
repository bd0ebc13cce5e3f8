/**
 * What every registry must do, as tests that the author of one extends.
 */
@NullMarked
package io.github.grpcdiscovery.test;

import org.jspecify.annotations.NullMarked;
