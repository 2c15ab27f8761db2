/** Snapshots of the state: taken, served to peers, fetched from them; and those of applications. */
@NullMarked
package io.synod.runtime.snapshot;

import org.jspecify.annotations.NullMarked;
