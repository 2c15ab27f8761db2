/**
 * The configuration: file, environment and flags, read into one validated record. It may import the
 * JDK and a YAML reader.
 */
@NullMarked
package io.synod.config;

import org.jspecify.annotations.NullMarked;
