/**
 * The files below the journal: directories of fixed-size files, reads that bypass the page cache,
 * and the messages for disk errors. It uses no other package of {@code storage}.
 */
@NullMarked
package io.synod.storage.disk;

import org.jspecify.annotations.NullMarked;
