package io.synod.runtime.port;

/**
 * How much of the log is kept although a snapshot holds what it did.
 *
 * @param neededFromIndex what is from this index on is needed; {@code Long.MAX_VALUE} if nothing is
 * @param keepBytes at least so much history below the snapshot, for watchers and late peers
 * @param bytesMax no more than this in all, whoever needs it
 */
public record Retention(long neededFromIndex, long keepBytes, long bytesMax) {}
