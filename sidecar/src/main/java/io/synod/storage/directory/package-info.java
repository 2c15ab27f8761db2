/** The data directory of one sidecar: its lock, its owner, and its permitted contents. */
@NullMarked
package io.synod.storage.directory;

import org.jspecify.annotations.NullMarked;
