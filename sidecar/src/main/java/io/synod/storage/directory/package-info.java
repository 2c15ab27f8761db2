/** The data directory of one sidecar: its lock, its owner, and what it may hold. */
@NullMarked
package io.synod.storage.directory;

import org.jspecify.annotations.NullMarked;
