package io.synod.paxos;

/**
 * The freshness of this node: the latest moment such that everything chosen by then is known here.
 * It is counted from when a heartbeat was sent that the leader answered, so the return trip never
 * makes it look fresher than it is.
 */
final class Freshness {
  /** Never. */
  static final long NEVER = Long.MIN_VALUE;

  private long freshAtNanos = NEVER;
  private long leaderReceivedAtNanos = NEVER;
  private long waitingAtNanos = NEVER;
  private long waitingThrough;

  /** A message of the leader arrived. */
  void onLeaderMessage(long nowNanos) {
    leaderReceivedAtNanos = nowNanos;
  }

  /** A leader that a quorum answers had chosen {@code through}, no earlier than {@code atNanos}. */
  void onConfirmation(long atNanos, long through, long chosenThrough) {
    if (atNanos <= Long.MIN_VALUE / 2) {
      return;
    }
    if (through <= chosenThrough) {
      freshAtNanos = Math.max(freshAtNanos, atNanos);
    } else if (waitingAtNanos == NEVER) {
      waitingAtNanos = atNanos;
      waitingThrough = through;
    }
  }

  /** This node knows the slots up to here to be chosen. */
  void onLearned(long chosenThrough) {
    if (waitingAtNanos != NEVER && waitingThrough <= chosenThrough) {
      freshAtNanos = Math.max(freshAtNanos, waitingAtNanos);
      waitingAtNanos = NEVER;
    }
  }

  long freshAtNanos() {
    return freshAtNanos;
  }

  long leaderReceivedAtNanos() {
    return leaderReceivedAtNanos;
  }
}
