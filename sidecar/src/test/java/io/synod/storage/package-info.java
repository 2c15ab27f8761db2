/** Tests of the storage, and a disk and an archive in memory. */
@NullMarked
package io.synod.storage;

import org.jspecify.annotations.NullMarked;
