package io.synod.runtime.port;

/**
 * How much of the log is kept below a snapshot.
 *
 * @param neededFromIndex entries from this index on are needed; {@code Long.MAX_VALUE} if none are
 * @param keepBytes the minimum kept below the snapshot, for watchers and lagging peers
 * @param bytesMax the maximum kept, whatever is needed
 */
public record Retention(long neededFromIndex, long keepBytes, long bytesMax) {}
