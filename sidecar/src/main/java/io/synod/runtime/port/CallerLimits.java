package io.synod.runtime.port;

/**
 * How much callers may have waiting on one node before they are refused.
 *
 * @param pendingMax proposals that wait for their outcome, and as many acknowledgements
 * @param pendingBytesMax their bytes
 * @param readsMax reads that wait
 * @param mailboxMax inputs that wait for the loop; messages of peers beyond it are dropped
 * @param mailboxBytesMax what the messages among them may hold; larger ones beyond it are dropped
 * @param recentBytesMax bytes of applied slots kept in memory for readers and watchers, and once
 *     more of what the states of the past keep alive
 * @param statesMax the states after so many commands are kept for pages of lists and reads of the
 *     past
 */
public record CallerLimits(
    int pendingMax,
    long pendingBytesMax,
    int readsMax,
    int mailboxMax,
    long mailboxBytesMax,
    long recentBytesMax,
    int statesMax) {

  /** What a sidecar runs with unless told otherwise. */
  public static CallerLimits defaults() {
    return new CallerLimits(8_192, 64L << 20, 65_536, 65_536, 64L << 20, 32L << 20, 20_000);
  }
}
