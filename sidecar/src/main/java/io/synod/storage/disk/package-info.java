/**
 * The files below the journal: directories of fixed-size files, reads past the page cache, and what
 * an error of the disk is called. Uses no other room of {@code storage}.
 */
@NullMarked
package io.synod.storage.disk;

import org.jspecify.annotations.NullMarked;
