/** Tests of the configuration. */
@NullMarked
package io.synod.config;

import org.jspecify.annotations.NullMarked;
