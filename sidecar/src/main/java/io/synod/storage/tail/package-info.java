/**
 * The part of the log that is still written: preallocated files of frames and records, the
 * superblock, and how they are read back. Uses {@code disk}.
 */
@NullMarked
package io.synod.storage.tail;

import org.jspecify.annotations.NullMarked;
