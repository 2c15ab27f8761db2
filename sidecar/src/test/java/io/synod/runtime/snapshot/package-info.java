/** Tests of the snapshots of applications. */
@NullMarked
package io.synod.runtime.snapshot;

import org.jspecify.annotations.NullMarked;
