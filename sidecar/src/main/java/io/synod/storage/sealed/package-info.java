/**
 * The immutable files: segments of the log and streams of snapshots, as MapDB files. It uses {@code
 * disk} and the checksums of {@code tail}.
 */
@NullMarked
package io.synod.storage.sealed;

import org.jspecify.annotations.NullMarked;
