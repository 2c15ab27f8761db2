/**
 * What is never changed once it is written: segments of the log and streams of snapshots, as MapDB
 * files. Uses {@code disk} and the checksums of {@code tail}.
 */
@NullMarked
package io.synod.storage.sealed;

import org.jspecify.annotations.NullMarked;
