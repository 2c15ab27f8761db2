/**
 * The format of a backup: the replicated state at one index, and the snapshots of consumers. It is
 * written while a node runs, and read offline.
 */
@NullMarked
package io.synod.runtime.backup;

import org.jspecify.annotations.NullMarked;
