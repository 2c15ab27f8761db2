/** Values that the tests of {@code storage} write. */
@NullMarked
package io.synod.storage.tail;

import org.jspecify.annotations.NullMarked;
