/** Snapshots of the state: taken, given to peers, pulled from them, and those of applications. */
@NullMarked
package io.synod.runtime.snapshot;

import org.jspecify.annotations.NullMarked;
