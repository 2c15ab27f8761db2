package io.synod.runtime.port;

/**
 * The limits of calls that wait at one node; further ones are refused.
 *
 * @param pendingMax proposals that wait for their outcome, and as many acknowledgements
 * @param pendingBytesMax their bytes
 * @param readsMax reads that wait
 * @param mailboxMax inputs that wait for the loop; messages of peers beyond it are dropped
 * @param mailboxBytesMax the bytes of the messages among them; larger ones beyond it are dropped
 * @param recentBytesMax bytes of applied slots kept in memory for readers and watchers, and once
 *     more of what past states retain
 * @param statesMax for how many of the last commands states are kept, for paged lists and reads of
 *     the past
 */
public record CallerLimits(
    int pendingMax,
    long pendingBytesMax,
    int readsMax,
    int mailboxMax,
    long mailboxBytesMax,
    long recentBytesMax,
    int statesMax) {

  /** The default limits of a sidecar. */
  public static CallerLimits defaults() {
    return new CallerLimits(8_192, 64L << 20, 65_536, 65_536, 64L << 20, 32L << 20, 20_000);
  }
}
