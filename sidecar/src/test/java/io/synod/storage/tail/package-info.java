/** Sample values for the tests of {@code storage}. */
@NullMarked
package io.synod.storage.tail;

import org.jspecify.annotations.NullMarked;
