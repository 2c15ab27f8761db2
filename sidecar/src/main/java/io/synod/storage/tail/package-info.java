/**
 * The tail of the log: preallocated files of frames and records, the superblock, and their
 * recovery. It uses {@code disk}.
 */
@NullMarked
package io.synod.storage.tail;

import org.jspecify.annotations.NullMarked;
