/** Tests of the data directory. */
@NullMarked
package io.synod.storage.directory;

import org.jspecify.annotations.NullMarked;
